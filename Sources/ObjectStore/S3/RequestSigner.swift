import Cryptography
import Glibc
import Transfer

/// AWS Signature Version 4 of requests to S3, in the header `Authorization`; what is signed are method, path, query, host,
/// time and the body's SHA-256.
///
/// Source: "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference. The library's own option
/// (`CURLOPT_AWS_SIGV4`) is not used: its versions differ in which headers they sign and how they write the query.
struct RequestSigner {
    private static let algorithm = "AWS4-HMAC-SHA256"
    private static let service = "s3"

    let region: String

    /// The headers to send.
    ///
    /// - Parameters:
    ///   - path: encoded.
    ///   - query: encoded and in order.
    func headers(
        method: String, host: String, path: String, query: String, body: [UInt8], credentials: S3Credentials,
        milliseconds: Int64
    ) -> [HTTPHeader] {
        let time = Self.timestamp(milliseconds)
        let bodyHash = Hexadecimal.encode(SHA256.digest(body))
        var signed = [
            HTTPHeader("host", host), HTTPHeader("x-amz-content-sha256", bodyHash), HTTPHeader("x-amz-date", time),
        ]
        if let token = credentials.sessionToken { signed.append(HTTPHeader("x-amz-security-token", token)) }
        let names = signed.map(\.name).joined(separator: ";")
        let request = [
            method, path, query, signed.map { "\($0.name):\($0.value)\n" }.joined(), names, bodyHash,
        ].joined(separator: "\n")
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/\(Self.service)/aws4_request"
        let text = [Self.algorithm, time, scope, Hexadecimal.encode(SHA256.digest(Array(request.utf8)))]
            .joined(separator: "\n")
        let signature = Hexadecimal.encode(HMAC.sha256(text.utf8, key: signingKey(credentials.secret, day: day)))
        let authorization = HTTPHeader(
            "authorization",
            "\(Self.algorithm) Credential=\(credentials.keyIdentifier)/\(scope), SignedHeaders=\(names), "
                + "Signature=\(signature)")
        // The library writes the header Host itself, from the address.
        return signed.dropFirst() + [authorization]
    }

    private func signingKey(_ secret: String, day: String) -> [UInt8] {
        ["\(day)", region, Self.service, "aws4_request"].reduce(Array("AWS4\(secret)".utf8)) {
            HMAC.sha256($1.utf8, key: $0)
        }
    }

    /// `20130524T000000Z`
    static func timestamp(_ milliseconds: Int64) -> String {
        var (seconds, parts) = (time_t(milliseconds / 1000), tm())
        gmtime_r(&seconds, &parts)
        let text = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%Y%m%dT%H%M%SZ", &parts)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
