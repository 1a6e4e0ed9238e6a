/// Where a value stands: in the event, or in one element of a list or map of it that is being walked (`each`).
public enum ValuePath: Hashable, Sendable, CustomStringConvertible {
    /// `a.b`: from the event's root.
    case event(JSONPath)
    /// `@` or `@.a.b`: from the element.
    case element(JSONPath)
    /// `@key`: the element's key, where the list is a map.
    case elementKey

    /// The path of that text.
    public init(_ text: String) {
        switch text {
        case "@": self = .element(JSONPath(""))
        case "@key": self = .elementKey
        case _ where text.hasPrefix("@."): self = .element(JSONPath(String(text.dropFirst(2))))
        default: self = .event(JSONPath(text))
        }
    }

    /// The text of the path.
    public var description: String {
        switch self {
        case .event(let path): path.description
        case .element(let path): path.keys.isEmpty ? "@" : "@.\(path)"
        case .elementKey: "@key"
        }
    }

    /// Whether the path starts at an element.
    public var isOfElement: Bool {
        if case .event = self { false } else { true }
    }
}
