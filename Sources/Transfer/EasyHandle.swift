import CCurl
import Cryptography
import Glibc

/// One easy handle of libcurl, with what libcurl only borrows: its header list and its buffer for error messages.
///
/// It must have left the multi handle before its last reference goes.
final class EasyHandle {
    /// A connection is lost when nothing of what was sent is acknowledged for so long. A link that has gone without a word
    /// would else be waited for as long as a whole transfer may take.
    static let silenceMilliseconds: UInt32 = 10_000

    let pointer: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let message: UnsafeMutablePointer<CChar>
    private let silence: UnsafeMutablePointer<UInt32>

    init() throws(TransferError) {
        guard let pointer = curl_easy_init() else {
            throw .library(code: Int(CURLE_OUT_OF_MEMORY.rawValue), "out of memory")
        }
        self.pointer = pointer
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        silence = .allocate(capacity: 1)
        silence.initialize(to: Self.silenceMilliseconds)
        try check(shim_setopt_pointer(pointer, CURLOPT_ERRORBUFFER, message))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headers)
        message.deallocate()
        silence.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(shim_setopt_long(pointer, option, value))
    }

    func set(_ option: CURLoption, large value: Int) throws(TransferError) {
        try check(shim_setopt_offset(pointer, option, curl_off_t(value)))
    }

    func set(_ option: CURLoption, _ value: String?) throws(TransferError) {
        try check(shim_setopt_string(pointer, option, value))
    }

    func set(_ option: CURLoption, context: UnsafeMutableRawPointer) throws(TransferError) {
        try check(shim_setopt_pointer(pointer, option, context))
    }

    func set(_ option: CURLoption, callback: @escaping shim_data_callback) throws(TransferError) {
        try check(shim_setopt_data_callback(pointer, option, callback))
    }

    /// Headers in the order given; `Expect` is never sent, since waiting for its answer costs a round trip.
    func set(headers fields: [HTTPHeader]) throws(TransferError) {
        for field in fields {
            guard field.isSendable else {
                throw .invalidRequest("header '\(field.name)' holds characters that a header must not hold")
            }
            // A header without value is asked for with a semicolon: with a colon libcurl would leave it out.
            try append(header: field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        try append(header: "Expect:")
        try check(shim_setopt_list(pointer, CURLOPT_HTTPHEADER, headers))
    }

    private func append(header: String) throws(TransferError) {
        guard let longer = curl_slist_append(headers, header) else {
            throw .library(code: Int(CURLE_OUT_OF_MEMORY.rawValue), "out of memory")
        }
        headers = longer
    }

    /// What holds for every transfer.
    func set(url: String, _ connection: ConnectionOptions) throws(TransferError) {
        try set(CURLOPT_URL, url)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try check(shim_setopt_silence(pointer, silence))
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, connection.connectTimeout.millisecondsRoundedUp))
        // An empty text, unlike none, also overrules the environment.
        try set(CURLOPT_PROXY, connection.proxy ?? "")
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // An Int in one version of the header, an Int32 in another.
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let milliseconds = connection.certificateMilliseconds {
            try check(shim_setopt_certificate_time(pointer, milliseconds / 1000))
        }
        switch connection.trust {
        case .systemAuthorities: break
        case .authority(let file):
            try set(CURLOPT_CAINFO, file)
            // The machine's own folder of authorities would count beside the file.
            try set(CURLOPT_CAPATH, nil)
        case .pinnedPublicKey(let digest):
            guard digest.count == SHA256.byteCount else {
                throw .invalidRequest("a pin of \(digest.count) bytes, not \(SHA256.byteCount)")
            }
            try set(CURLOPT_PINNEDPUBLICKEY, "sha256//" + Base64.encode(digest))
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    /// Turns a code of the easy interface into this module's error.
    func check(_ code: CURLcode) throws(TransferError) {
        if code != CURLE_OK { throw error(code) }
    }

    /// Whether a transfer that took too long never had a connection, TLS included, or had one on which the server's machine
    /// fell silent.
    private var isLinkGone: Bool {
        var (connected, cause) = (curl_off_t(0), 0)
        shim_getinfo_offset(pointer, CURLINFO_PRETRANSFER_TIME_T, &connected)
        shim_getinfo_long(pointer, CURLINFO_OS_ERRNO, &cause)
        return connected == 0 || cause == Int(ETIMEDOUT)
    }

    func error(_ code: CURLcode) -> TransferError {
        let detail = String(cString: message)
        let reason = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .invalidRequest(reason)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY,
            CURLE_SSL_CONNECT_ERROR:
            return .unreachable(reason)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR:
            return .untrustedServer(reason)
        case CURLE_OPERATION_TIMEDOUT: return isLinkGone ? .unreachable(reason) : .timedOut(reason)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return .connectionLost(reason)
        default: return .library(code: Int(code.rawValue), reason)
        }
    }
}
