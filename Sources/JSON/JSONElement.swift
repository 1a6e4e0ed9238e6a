import CSimdJSON

/// A view of one value in a parser's document, good until the parser's next text.
public struct JSONElement {
    let raw: simd_json_element

    /// What the value is. A number without fraction or exponent is an integer, if it fits 64 signed bits.
    public enum Kind: Sendable {
        case null, boolean, integer, number, string, array, object
    }

    /// A value as it is; a text's bytes are good as long as the element. Of an array or object it is the kind alone.
    public enum Content {
        case null, boolean(Bool), integer(Int64), number(Double), string(UnsafeBufferPointer<UInt8>), array, object
    }

    /// What stands here.
    @inline(__always)
    public var content: Content {
        let content = simd_json_content_of(raw)
        return switch content.kind {
        case SIMD_JSON_BOOLEAN: .boolean(content.boolean)
        case SIMD_JSON_INTEGER: .integer(content.integer)
        case SIMD_JSON_UNSIGNED: .number(Double(content.unsigned_integer))
        case SIMD_JSON_DOUBLE: .number(content.number)
        case SIMD_JSON_STRING: .string(UnsafeBufferPointer(text: content.string))
        case SIMD_JSON_ARRAY: .array
        case SIMD_JSON_OBJECT: .object
        default: .null
        }
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
        if case .boolean(let value) = content { value } else { nil }
    }

    /// The integer; a number with an integral value counts (`1.0`), any other kind is nil.
    public var integer: Int64? {
        let content = simd_json_content_of(raw)
        return switch content.kind {
        case SIMD_JSON_INTEGER: content.integer
        case SIMD_JSON_DOUBLE: Int64(exactly: content.number)
        default: nil
        }
    }

    /// The number, integers included; nil for another kind.
    public var number: Double? {
        switch content {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The text, nil for another kind.
    public var string: String? {
        withUTF8 { String(decoding: $0, as: UTF8.self) }
    }

    /// Hands over the text's bytes without a copy; nil, and no call, for another kind.
    public func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
        guard case .string(let bytes) = content else { return nil }
        return try body(bytes)
    }

    /// The member of that key (the last, where it is repeated); nil where there is none or this is no object.
    public subscript(key: JSONKey) -> JSONElement? {
        key.bytes.withUnsafeBufferPointer { bytes in
            var wanted = simd_json_key(text: .init(bytes: bytes.baseAddress, count: bytes.count), start: key.start)
            var value = simd_json_element()
            simd_json_members(raw, &wanted, 1, &value)
            return value.document == nil ? nil : JSONElement(raw: value)
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
        var members = members
        while let (name, value) = members.next() { try body(name, value) }
    }

    /// The members of an object, in order; none for another kind.
    public var members: Members { Members(of: self) }

    /// Walks the members of an object.
    public struct Members: IteratorProtocol {
        private var walk = simd_json_walk()
        private let isObject: Bool

        fileprivate init(of element: JSONElement) {
            isObject = element.kind == .object
            if isObject { walk = simd_json_object_walk(element.raw) }
        }

        /// The next member; its name's bytes are good as long as the element.
        public mutating func next() -> (name: UnsafeBufferPointer<UInt8>, value: JSONElement)? {
            var (name, value) = (simd_json_text(), simd_json_element())
            guard isObject, simd_json_object_next(&walk, &name, &value) else { return nil }
            return (UnsafeBufferPointer(text: name), JSONElement(raw: value))
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate init(text: simd_json_text) {
        self.init(start: text.bytes, count: text.count)
    }
}
