/// What an HTTP signature covers and says of itself: the value of one member of `Signature-Input` (RFC 9421 section 4.1).
///
/// The text form is `("name" "name");created=1618884473;keyid="...";nonce="...";tag="..."`. Only that form is read:
/// component names without parameters, and the five parameters below.
public struct SignatureParameters: Hashable, Sendable {
    /// The names of the covered components, in the order in which they are signed.
    public var components: [String]
    /// When the signature was made, in seconds since 1970.
    public var created: Int64?
    /// The name of the key.
    public var keyIdentifier: String?
    /// A value never used twice by that key.
    public var nonce: String?
    /// What the signature is for.
    public var tag: String?

    /// The parameters of a signature to be made.
    public init(
        components: [String], created: Int64? = nil, keyIdentifier: String? = nil, nonce: String? = nil,
        tag: String? = nil
    ) {
        self.components = components
        self.created = created
        self.keyIdentifier = keyIdentifier
        self.nonce = nonce
        self.tag = tag
    }

    /// Reads the text form.
    public init(parsing text: some StringProtocol) throws(SigningError) {
        var rest = Substring(text)
        guard rest.first == "(", let end = rest.firstIndex(of: ")") else {
            throw .malformed("Signature-Input has no list of components")
        }
        components = []
        for item in rest[rest.index(after: rest.startIndex)..<end].split(separator: " ") {
            components.append(try Self.unquoted(item))
        }
        rest = rest[rest.index(after: end)...]
        for parameter in rest.split(separator: ";") {
            try read(parameter)
        }
    }

    private mutating func read(_ parameter: Substring) throws(SigningError) {
        guard let equals = parameter.firstIndex(of: "=") else {
            throw .malformed("Signature-Input has the parameter '\(parameter)'")
        }
        let value = parameter[parameter.index(after: equals)...]
        switch parameter[..<equals] {
        case "created":
            guard let seconds = Int64(value) else { throw .malformed("'created' is no integer") }
            created = seconds
        case "keyid": keyIdentifier = try Self.unquoted(value)
        case "nonce": nonce = try Self.unquoted(value)
        case "tag": tag = try Self.unquoted(value)
        case "alg":
            guard try Self.unquoted(value) == "ed25519" else { throw .malformed("the algorithm is not ed25519") }
        case let name: throw .malformed("Signature-Input has the unknown parameter '\(name)'")
        }
    }

    /// A quoted text without escapes, which none of the values needs.
    private static func unquoted(_ text: Substring) throws(SigningError) -> String {
        guard text.utf8.count >= 2, text.first == "\"", text.last == "\"" else {
            throw .malformed("'\(text)' is not a quoted text")
        }
        let inner = text.dropFirst().dropLast()
        guard inner.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
            throw .malformed("'\(text)' holds a character that is not allowed")
        }
        return String(inner)
    }

    /// The text form.
    public var text: String {
        var text = "(" + components.map { "\"\($0)\"" }.joined(separator: " ") + ")"
        if let created { text += ";created=\(created)" }
        if let keyIdentifier { text += ";keyid=\"\(keyIdentifier)\"" }
        if let nonce { text += ";nonce=\"\(nonce)\"" }
        if let tag { text += ";tag=\"\(tag)\"" }
        return text
    }

    /// The signature base of RFC 9421 section 2.5: what is signed.
    ///
    /// - Parameters:
    ///   - value: the value of a component; nil where the message has no such component.
    ///   - text: this value's text form as it was sent; another writer may have ordered it otherwise.
    public func base(text: String? = nil, value: (String) -> String?) throws(SigningError) -> [UInt8] {
        var base = ""
        for component in components {
            guard let value = value(component) else { throw .missingComponent(component) }
            base += "\"\(component)\": \(value)\n"
        }
        base += "\"@signature-params\": \(text ?? self.text)"
        return Array(base.utf8)
    }
}
