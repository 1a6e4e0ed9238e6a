import CSimdJSON

/// A view of one value in a parser's document, good until the parser's next text.
public struct JSONElement {
    let raw: simd_json_element

    /// What the value is. A number without fraction or exponent is an integer, if it fits 64 signed bits.
    public enum Kind: Sendable {
        case null, boolean, integer, number, string, array, object
    }

    /// The kind of this value.
    public var kind: Kind {
        switch simd_json_kind_of(raw) {
        case SIMD_JSON_BOOLEAN: .boolean
        case SIMD_JSON_INTEGER: .integer
        case SIMD_JSON_UNSIGNED, SIMD_JSON_DOUBLE: .number
        case SIMD_JSON_STRING: .string
        case SIMD_JSON_ARRAY: .array
        case SIMD_JSON_OBJECT: .object
        default: .null
        }
    }

    /// The truth value, nil for another kind.
    public var boolean: Bool? {
        kind == .boolean ? simd_json_boolean(raw) : nil
    }

    /// The integer; a number with an integral value counts (`1.0`), any other kind is nil.
    public var integer: Int64? {
        switch simd_json_kind_of(raw) {
        case SIMD_JSON_INTEGER: simd_json_integer(raw)
        case SIMD_JSON_DOUBLE: Int64(exactly: simd_json_double(raw))
        default: nil
        }
    }

    /// The number, integers included; nil for another kind.
    public var number: Double? {
        switch simd_json_kind_of(raw) {
        case SIMD_JSON_INTEGER: Double(simd_json_integer(raw))
        case SIMD_JSON_UNSIGNED: Double(simd_json_unsigned(raw))
        case SIMD_JSON_DOUBLE: simd_json_double(raw)
        default: nil
        }
    }

    /// The text, nil for another kind.
    public var string: String? {
        withUTF8 { String(decoding: $0, as: UTF8.self) }
    }

    /// Hands over the text's bytes without a copy; nil, and no call, for another kind.
    public func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
        guard simd_json_kind_of(raw) == SIMD_JSON_STRING else { return nil }
        return try body(UnsafeBufferPointer(text: simd_json_string(raw)))
    }

    /// The member of that key (the last, where it is repeated); nil where there is none or this is no object.
    public subscript(key: JSONKey) -> JSONElement? {
        key.bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var value = simd_json_element()
            return simd_json_member(raw, start, bytes.count, &value) ? JSONElement(raw: value) : nil
        }
    }

    /// Whether this is an array or object without content, or null.
    public var isEmpty: Bool {
        switch kind {
        case .null: return true
        case .array:
            var walk = simd_json_array_walk(raw)
            var element = simd_json_element()
            return !simd_json_array_next(&walk, &element)
        case .object:
            var walk = simd_json_object_walk(raw)
            var (key, value) = (simd_json_text(), simd_json_element())
            return !simd_json_object_next(&walk, &key, &value)
        default: return false
        }
    }

    /// Calls `body` with each element of an array, in order; not at all for another kind.
    public func forEachElement(_ body: (JSONElement) throws -> Void) rethrows {
        guard kind == .array else { return }
        var walk = simd_json_array_walk(raw)
        var element = simd_json_element()
        while simd_json_array_next(&walk, &element) {
            try body(JSONElement(raw: element))
        }
    }

    /// Calls `body` with each member of an object, in order; not at all for another kind.
    public func forEachMember(_ body: (UnsafeBufferPointer<UInt8>, JSONElement) throws -> Void) rethrows {
        guard kind == .object else { return }
        var walk = simd_json_object_walk(raw)
        var (key, value) = (simd_json_text(), simd_json_element())
        while simd_json_object_next(&walk, &key, &value) {
            try body(UnsafeBufferPointer(text: key), JSONElement(raw: value))
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate init(text: simd_json_text) {
        self.init(start: text.bytes, count: text.count)
    }
}
