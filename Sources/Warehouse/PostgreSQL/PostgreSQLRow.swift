import PostgreSQL

/// A row of a binary result.
final class PostgreSQLRow: WarehouseRow {
    var result: PostgreSQLResult
    /// The row's position in the result.
    var position: Int

    init(_ result: PostgreSQLResult, at position: Int = 0) {
        (self.result, self.position) = (result, position)
    }

    func isNull(_ column: Int) -> Bool {
        result.isNull(position, column)
    }

    func integer(_ column: Int) -> Int64 {
        result.integer(position, column)
    }

    func real(_ column: Int) -> Double {
        result.real(position, column)
    }

    func withText<Result>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        guard result.types[column] == .text, !isNull(column) else { return nil }
        return try result.withBytes(position, column) { stored in
            guard StoredText.isEscaped(stored) else { return try body(stored) }
            return try StoredText.text(stored).withUnsafeBufferPointer(body)
        }
    }

    func value(_ column: Int) -> WarehouseValue {
        if isNull(column) { return .null }
        switch result.types[column] {
        case .integer, .boolean: return .integer(integer(column))
        case .real: return .real(real(column))
        case .numeric: return result.exactInteger(position, column).map { .integer($0) } ?? .real(real(column))
        case .text: return withText(column) { .text(String(decoding: $0, as: UTF8.self)) } ?? .null
        case .bytes, .other: return .blob(result.withBytes(position, column) { Array($0) })
        }
    }
}

extension PostgreSQLValue {
    /// A text in its stored form.
    static func stored(_ text: String) -> PostgreSQLValue {
        .text(StoredText.stored(text.utf8))
    }

    /// What a statement is given.
    init(_ value: WarehouseValue) {
        switch value {
        case .null: self = .null
        case .integer(let integer): self = .integer(integer)
        case .real(let real): self = .real(real)
        case .text(let text): self = .stored(text)
        case .blob(let bytes): self = .bytes(bytes)
        }
    }
}
