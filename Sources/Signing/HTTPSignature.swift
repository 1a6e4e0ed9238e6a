import Cryptography

/// Signed control requests: HTTP Message Signatures (RFC 9421) with Ed25519, a profile with nothing to negotiate.
///
/// Covered are `@method @authority @path @query content-digest` (RFC 9530, sha-256); the parameters are `created`,
/// `keyid`, `nonce` and `tag="waystation-control"`. The one label is `control`.
public enum HTTPSignature {
    /// How far the maker's clock may be from the verifier's, in seconds.
    public static let windowSeconds: Int64 = 300

    private static let label = "control"
    private static let tag = "waystation-control"
    private static let components = ["@method", "@authority", "@path", "@query", "content-digest"]

    /// The parts of a request that are signed.
    public struct Request: Sendable {
        /// The method in capitals.
        public var method: String
        /// Host, and port unless it is the scheme's own, in lower case.
        public var authority: String
        /// The absolute path, as sent.
        public var path: String
        /// The query without its question mark; empty where there is none.
        public var query: String
        /// The body; empty where there is none.
        public var body: [UInt8]

        /// The parts of a request.
        public init(method: String, authority: String, path: String, query: String = "", body: [UInt8] = []) {
            self.method = method
            self.authority = authority
            self.path = path
            self.query = query
            self.body = body
        }

        func component(_ name: String) -> String? {
            switch name {
            case "@method": method
            case "@authority": authority
            case "@path": path
            case "@query": "?" + query
            case "content-digest": "sha-256=:\(Base64.encode(SHA256.digest(body))):"
            default: nil
            }
        }
    }

    /// Who signed a request, and the nonce that must not come again.
    public struct Signer: Hashable, Sendable {
        /// The `keyid` of the signature.
        public let keyIdentifier: String
        /// The `nonce` of the signature.
        public let nonce: String
        /// The `created` of the signature, in seconds since 1970.
        public let created: Int64
    }

    /// The header fields that sign `request`: names in lower case, and values.
    public static func sign(
        _ request: Request, key: PrivateKey, keyIdentifier: String, created: Int64, nonce: String
    ) throws -> [(name: String, value: String)] {
        let parameters = SignatureParameters(
            components: components, created: created, keyIdentifier: keyIdentifier, nonce: nonce, tag: tag)
        let signature = try key.sign(parameters.base(value: request.component))
        return [
            ("content-digest", request.component("content-digest") ?? ""),
            ("signature-input", "\(label)=\(parameters.text)"),
            ("signature", "\(label)=:\(Base64.encode(signature)):"),
        ]
    }

    /// Checks the signature of `request`.
    ///
    /// - Parameters:
    ///   - header: the value of a header field by its lower-case name.
    ///   - now: this machine's time in seconds since 1970.
    ///   - key: the public key of a `keyid`; nil where it is not known.
    /// - Returns: who signed. The caller refuses a nonce it has seen from that signer within the window.
    public static func verify(
        _ request: Request, header: (String) -> String?, now: Int64, key: (String) -> PublicKey?
    ) throws(SigningError) -> Signer {
        let input = try member(of: "signature-input", header)
        let parameters = try SignatureParameters(parsing: input)
        for component in components where !parameters.components.contains(component) {
            throw .missingComponent(component)
        }
        guard let identifier = parameters.keyIdentifier else { throw .missingComponent("keyid") }
        guard let nonce = parameters.nonce else { throw .missingComponent("nonce") }
        guard let created = parameters.created else { throw .missingComponent("created") }
        guard parameters.tag == tag else { throw .wrongType(expected: tag, actual: parameters.tag ?? "") }

        let digest = request.component("content-digest")
        guard header("content-digest") == digest else { throw .malformed("content-digest does not fit the body") }
        guard let key = key(identifier) else { throw .unknownKey(identifier) }
        let signature = try signature(header)
        let base = try parameters.base(text: input, value: request.component)
        guard key.isValid(signature, for: base) else { throw .invalidSignature }
        let age = now.subtractingReportingOverflow(created)
        guard !age.overflow, age.partialValue.magnitude <= UInt64(windowSeconds) else {
            throw .outsideTimeWindow(seconds: age.overflow ? .max : age.partialValue)
        }
        return Signer(keyIdentifier: identifier, nonce: nonce, created: created)
    }

    /// The value of the one labelled member of a header field.
    private static func member(of name: String, _ header: (String) -> String?) throws(SigningError) -> String {
        guard let field = header(name) else { throw .missingComponent(name) }
        guard field.hasPrefix(label + "=") else { throw .malformed("\(name) has no member '\(label)'") }
        return String(field.dropFirst(label.count + 1))
    }

    private static func signature(_ header: (String) -> String?) throws(SigningError) -> [UInt8] {
        let value = try member(of: "signature", header)
        guard value.count > 2, value.hasPrefix(":"), value.hasSuffix(":"),
            let bytes = Base64.decode(String(value.dropFirst().dropLast()))
        else { throw .malformed("the signature is not base 64 between colons") }
        return bytes
    }
}
