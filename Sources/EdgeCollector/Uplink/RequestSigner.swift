import Cryptography
import FleetProtocol
import JSON
import Signing
import Transfer

/// Makes requests to the cloud, signed by the device (RFC 9421, see `HTTPSignature`).
struct RequestSigner {
    /// A clock that is further from the cloud's than this is taken to be the reason of a refusal.
    private static let suspicion: Int64 = 30_000

    let cloud: CloudAddress
    let key: PrivateKey
    let keyIdentifier: String
    let connection: ConnectionOptions

    /// A signed request.
    ///
    /// - Parameters:
    ///   - body: nil for a request without one.
    ///   - milliseconds: the time of day to sign with.
    ///   - connection: other options than the usual ones.
    func request(
        _ method: String, _ path: String, query: String = "", body: [UInt8]? = nil, timeout: Duration,
        at milliseconds: Int64, maximumResponseBytes: Int = HTTPRequest.usualMaximumResponseBytes,
        connection: ConnectionOptions? = nil
    ) throws -> HTTPRequest {
        let parts = HTTPSignature.Request(
            method: method, authority: cloud.authority, path: path, query: query, body: body ?? [])
        let fields = try HTTPSignature.sign(
            parts, key: key, keyIdentifier: keyIdentifier, created: milliseconds / 1000,
            nonce: Hexadecimal.encode(SecureRandom.bytes(16)))
        var headers = fields.map { HTTPHeader($0.name, $0.value) }
        if body != nil { headers.append(HTTPHeader("content-type", MediaType.json)) }
        return HTTPRequest(
            method: method, url: cloud.url(path, query: query), headers: headers, body: body,
            connection: connection ?? self.connection, totalTimeout: timeout, maximumResponseBytes: maximumResponseBytes
        )
    }

    /// The cloud's time, where an answer of 401 shows that the time signed with was the reason; else nil.
    static func correctedMilliseconds(_ response: HTTPResponse, signedAt milliseconds: Int64) -> Int64? {
        guard response.status == 401, let date = response.header("date").flatMap(HTTPDate.milliseconds),
            (date - milliseconds).magnitude > UInt64(suspicion)
        else { return nil }
        return date
    }
}

extension HTTPResponse {
    /// What an answer that is no success says, in words.
    var problem: String {
        do throws(JSONError) {
            let problem = try Problem(json: body, status: status)
            return problem.title.isEmpty && problem.detail.isEmpty ? "status \(status)" : "\(problem)"
        } catch {
            return "status \(status)"
        }
    }

    /// How long the server asks to wait (RFC 9110 section 10.2.3): seconds, or until a date. The date is held against the
    /// answer's own `Date`, and only without one against this machine's clock, which may be wrong.
    func retryAfter(at milliseconds: Int64) -> Duration? {
        guard let text = header("retry-after") else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .seconds(min(Int64(text) ?? .max, 1 << 32))
        }
        let now = header("date").flatMap(HTTPDate.milliseconds) ?? milliseconds
        return HTTPDate.milliseconds(text).map { .milliseconds(max(0, $0 - now)) }
    }
}
