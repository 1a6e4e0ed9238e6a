extension JSONValue {
    /// The member of that name (the last, where it is repeated); nil where there is none or this is no object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text, nil for another kind.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The integer; a number with an integral value counts. Nil for another kind.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number, integers included; nil for another kind.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The truth value, nil for another kind.
    public var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The elements, nil for another kind.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members in their order, nil for another kind.
    public var object: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The text of that member, or an error that names it.
    public func requiredString(_ name: String) throws(JSONError) -> String {
        guard let value = self[name]?.string else { throw .mismatch(path: name, wanted: "a text") }
        return value
    }

    /// The integer of that member, or an error that names it.
    public func requiredInteger(_ name: String) throws(JSONError) -> Int64 {
        guard let value = self[name]?.integer else { throw .mismatch(path: name, wanted: "an integer") }
        return value
    }

    /// The number of that member, or an error that names it.
    public func requiredNumber(_ name: String) throws(JSONError) -> Double {
        guard let value = self[name]?.number else { throw .mismatch(path: name, wanted: "a number") }
        return value
    }

    /// The elements of that member, or an error that names it.
    public func requiredArray(_ name: String) throws(JSONError) -> [JSONValue] {
        guard let value = self[name]?.array else { throw .mismatch(path: name, wanted: "an array") }
        return value
    }

    /// That member, an object, or an error that names it.
    public func requiredObject(_ name: String) throws(JSONError) -> JSONValue {
        guard let value = self[name], value.object != nil else { throw .mismatch(path: name, wanted: "an object") }
        return value
    }
}
