import JSON

/// An error answer (RFC 9457, application/problem+json).
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of problem, one word: `invalid-signature`, `unknown-device`.
    public var name: String
    /// The HTTP status.
    public var status: Int
    /// What is wrong, in general.
    public var title: String
    /// What is wrong with this request.
    public var detail: String

    /// A problem.
    public init(_ name: String, status: Int, title: String, detail: String) {
        self.name = name
        self.status = status
        self.title = title
        self.detail = detail
    }

    private static let typePrefix = "tag:waystation,2026:problem/"

    /// Reads the JSON form; members that are missing read as empty, since any server between may have answered.
    public init(json bytes: [UInt8], status: Int) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        let type = value["type"]?.string ?? ""
        self.init(
            type.hasPrefix(Self.typePrefix) ? String(type.dropFirst(Self.typePrefix.count)) : type, status: status,
            title: value["title"]?.string ?? "", detail: value["detail"]?.string ?? "")
    }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "type": .string(Self.typePrefix + name), "title": .string(title), "status": .integer(Int64(status)),
            "detail": .string(detail),
        ]
        return value.bytes
    }

    /// A sentence for an operator.
    public var description: String { "\(status) \(title): \(detail)" }
}
