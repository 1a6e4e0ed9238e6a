import CCurl
import Glibc

/// One request over HTTP on its way: its handle, and what libcurl's callbacks read and write.
final class HTTPTransfer {
    enum Delivery {
        /// The whole answer at once.
        case buffered
        /// Head and pieces of the body as they come.
        case streamed
    }

    /// The longest head of an answer.
    static let maximumHeadBytes = 64 * 1024
    private static let streamedBufferBytes = 64 * 1024

    let identifier: TransferIdentifier
    let handle: EasyHandle
    let delivery: Delivery
    /// Whether the caller has asked for a stop of the stream.
    var isPaused = false
    private let limit: Int
    private let requestBody: [UInt8]
    private var sentCount = 0
    private var response = HTTPResponse(status: 0)
    private var headBytes = 0
    private var isHeadComplete = false
    private var isHeadDelivered = false
    /// Why a callback ended the transfer.
    private var failure: TransferError?

    init(_ identifier: TransferIdentifier, _ request: HTTPRequest, delivery: Delivery) throws(TransferError) {
        self.identifier = identifier
        self.delivery = delivery
        limit = request.maximumResponseBytes
        requestBody = request.body ?? []
        handle = try EasyHandle()
        guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            request.url.drop(while: { $0 != ":" }).hasPrefix("://")
        else {
            throw .invalidRequest("'\(request.url)' is not a whole address")
        }
        guard HTTPHeader(request.method, "").isSendable else {
            throw .invalidRequest("'\(request.method)' is not a method")
        }
        try handle.set(url: request.url, request.connection)
        try handle.set(headers: request.headers)
        if let timeout = request.totalTimeout {
            try handle.set(CURLOPT_TIMEOUT_MS, max(1, timeout.millisecondsRoundedUp))
        }
        if let rate = request.maximumSendBytesPerSecond {
            try handle.set(CURLOPT_MAX_SEND_SPEED_LARGE, large: max(1, rate))
        }
        try setMethod(request)
        try setCallbacks()
    }

    private func setMethod(_ request: HTTPRequest) throws(TransferError) {
        if request.body != nil {
            try handle.set(CURLOPT_UPLOAD, 1)
            try handle.set(CURLOPT_INFILESIZE_LARGE, large: requestBody.count)
        } else if request.method == "HEAD" {
            try handle.set(CURLOPT_NOBODY, 1)
        }
        try handle.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func setCallbacks() throws(TransferError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(CURLOPT_WRITEFUNCTION, callback: HTTPCallbacks.write)
        try handle.set(CURLOPT_WRITEDATA, context: context)
        try handle.set(CURLOPT_HEADERFUNCTION, callback: HTTPCallbacks.header)
        try handle.set(CURLOPT_HEADERDATA, context: context)
        try handle.set(CURLOPT_READFUNCTION, callback: HTTPCallbacks.read)
        try handle.set(CURLOPT_READDATA, context: context)
        try handle.check(shim_setopt_seek_callback(handle.pointer, HTTPCallbacks.seek))
        try handle.set(CURLOPT_SEEKDATA, context: context)
        guard delivery == .streamed else { return }
        try handle.set(CURLOPT_BUFFERSIZE, Self.streamedBufferBytes)
        // An idle connection that is kept for later still counts where a server allows only so many.
        try handle.set(CURLOPT_FORBID_REUSE, 1)
    }

    /// Moves what has come since the last call to `events`; nothing for a buffered answer.
    func deliver(to events: inout [TransferEvent]) {
        guard delivery == .streamed, isHeadComplete else { return }
        if !isHeadDelivered {
            isHeadDelivered = true
            events.append(.head(identifier, HTTPResponse(status: response.status, headers: response.headers)))
        }
        if !response.body.isEmpty {
            events.append(.body(identifier, response.body))
            response.body = []
        }
    }

    /// The end of the transfer as libcurl reports it.
    func finish(_ code: CURLcode) -> Result<HTTPResponse, TransferError> {
        if let failure { return .failure(failure) }
        guard code == CURLE_OK else { return .failure(handle.error(code)) }
        // libcurl takes an answer that ends inside its head for one without a body.
        guard isHeadComplete else { return .failure(.connectionLost("the answer ends inside its head")) }
        return .success(response)
    }

    // MARK: What the callbacks do

    /// Takes one header line with its line end; false ends the transfer.
    func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        let line = bytes.last == 10 ? bytes.dropLast(bytes.dropLast().last == 13 ? 2 : 1) : bytes[...]
        headBytes += bytes.count
        guard headBytes <= Self.maximumHeadBytes else {
            failure = .tooLarge(limit: Self.maximumHeadBytes)
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            // Each answer begins anew: one of status 1xx comes before the one that counts.
            response = HTTPResponse(status: Self.status(String(decoding: line, as: UTF8.self)))
            isHeadComplete = false
        } else if line.isEmpty {
            isHeadComplete = response.status >= 200
        } else if !isHeadComplete, let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
            let end = value.lastIndex { $0 != 32 && $0 != 9 }.map { $0 + 1 } ?? value.startIndex
            response.headers.append(
                HTTPHeader(
                    String(decoding: line[..<colon], as: UTF8.self),
                    String(decoding: value[..<end], as: UTF8.self)))
        }
        return true
    }

    private static func status(_ line: String) -> Int {
        let words = line.split(separator: " ", maxSplits: 2)
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }

    /// Takes bytes of the body; false ends the transfer.
    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard delivery == .streamed || bytes.count <= limit - response.body.count else {
            failure = .tooLarge(limit: limit)
            return false
        }
        response.body.append(contentsOf: bytes)
        return true
    }

    /// Copies the next bytes of the request's body into libcurl's buffer.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, requestBody.count - sentCount)
        requestBody.withUnsafeBytes {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sentCount..<sentCount + count]))
        }
        sentCount += count
        return count
    }

    /// Goes to a place in the request's body: a request on a connection that turns out dead is sent again from its start.
    func seek(to offset: Int) -> Bool {
        guard (0...requestBody.count).contains(offset) else { return false }
        sentCount = offset
        return true
    }
}

/// The functions that libcurl calls while a transfer goes on; their context is the transfer.
private enum HTTPCallbacks {
    static let write: shim_data_callback = { data, size, count, context in
        transfer(context)?.receive(body: UnsafeRawBufferPointer(start: data, count: size * count)) == true
            ? size * count : 0
    }

    static let header: shim_data_callback = { data, size, count, context in
        let line = UnsafeRawBufferPointer(start: data, count: size * count)
        return transfer(context)?.receive(headerLine: line) == true ? size * count : 0
    }

    static let read: shim_data_callback = { data, size, count, context in
        transfer(context)?.read(into: UnsafeMutableRawBufferPointer(start: data, count: size * count))
            ?? Int(CURL_READFUNC_ABORT)
    }

    static let seek: shim_seek_callback = { context, offset, origin in
        guard origin == SEEK_SET, transfer(context)?.seek(to: Int(offset)) == true else {
            return Int32(CURL_SEEKFUNC_FAIL)
        }
        return Int32(CURL_SEEKFUNC_OK)
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        context.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
