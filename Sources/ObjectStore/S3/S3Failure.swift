import Transfer

/// What an answer that is none of those hoped for means.
struct S3Failure {
    /// A longer body is no error of S3.
    private static let maximumErrorBytes = 64 << 10

    /// S3's own word, such as `SlowDown`; empty where there is none.
    let code: String
    private let message: String
    private let status: Int

    init(_ response: HTTPResponse) {
        status = response.status
        let error = Self.errorElement(response.body)
        code = error?.value("Code") ?? ""
        message = error?.value("Message") ?? ""
    }

    /// The element `Error`; nil where the body is something else: an object, a proxy's page, nothing.
    private static func errorElement(_ body: [UInt8]) -> XMLElement? {
        guard body.count <= maximumErrorBytes else { return nil }
        do throws(XMLReader.Malformed) {
            let document = try XMLElement(document: body)
            return document.name == "Error" ? document : nil
        } catch {
            return nil
        }
    }

    /// Whether the same request may succeed in a moment.
    var isTransient: Bool {
        status >= 500 && status != 501 || status == 429 || status == 408 || status == 409
            || ["InternalError", "SlowDown", "RequestTimeout"].contains(code)
    }

    /// Whether other credentials are needed.
    var isExpired: Bool { ["ExpiredToken", "TokenRefreshRequired", "InvalidToken"].contains(code) }

    /// A sentence for an operator.
    var sentence: String {
        let words = [code, message].filter { !$0.isEmpty }.joined(separator: ": ")
        let hint: String? =
            switch code {
            case "RequestTimeTooSkewed": "set this machine's clock"
            case "NoSuchBucket": "make the bucket, or correct its name"
            case "AuthorizationHeaderMalformed", "PermanentRedirect": "correct the region"
            default: nil
            }
        return "status \(status)" + (words.isEmpty ? "" : ", \(words)") + (hint.map { "; \($0)" } ?? "")
    }
}
