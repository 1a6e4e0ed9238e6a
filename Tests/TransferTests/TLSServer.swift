import Cryptography
import Glibc
import Testing

/// `openssl s_server` with a certificate of its own. What clients send comes to its output, mixed with its own words;
/// what is written to its input goes to the client.
final class TLSServer {
    let identity: TLSIdentity
    let port: Int
    private let process: ChildProcess

    init(_ options: [String] = []) throws {
        identity = try TLSIdentity()
        process = try ChildProcess(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", identity.certificate, "-key", identity.key,
            ] + options)
        let line = try process.readLine { $0.hasPrefix("ACCEPT 127.0.0.1:") }
        port = try #require(Int(line.dropFirst(17)))
    }

    deinit {
        process.stop()
        identity.remove()
    }

    /// Waits for the key of a client's WebSocket handshake.
    func receivedWebSocketKey() throws -> String {
        let prefix = "Sec-WebSocket-Key: "
        return String(try process.readLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
    }

    /// Sends bytes to the client.
    func send(_ bytes: [UInt8]) throws {
        try process.write(bytes)
    }
}

/// A key and a certificate for the address 127.0.0.1 alone, in files.
struct TLSIdentity {
    let folder: String
    var certificate: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }

    init() throws {
        var template = Array("\(P_tmpdir)/tls-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let maker = try ChildProcess([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
        _ = try maker.readToEnd()
    }

    /// The SHA-256 of the certificate's SubjectPublicKeyInfo.
    func pin() throws -> [UInt8] {
        let pem = try ChildProcess(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"]).readToEnd()
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        return SHA256.digest(try #require(Base64.decode(lines.joined())))
    }

    func remove() {
        for file in [certificate, key] { unlink(file) }
        rmdir(folder)
    }
}
