import SQLite

/// The row that an SQLite statement stands at.
final class SQLiteRow: WarehouseRow {
    private let statement: SQLiteStatement

    init(_ statement: SQLiteStatement) {
        self.statement = statement
    }

    func isNull(_ column: Int) -> Bool {
        statement.isNull(column)
    }

    func integer(_ column: Int) -> Int64 {
        statement.integer(column)
    }

    func real(_ column: Int) -> Double {
        statement.real(column)
    }

    func withText<Result>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        try statement.withText(column, body)
    }

    func value(_ column: Int) -> WarehouseValue {
        WarehouseValue(statement.value(column))
    }
}

extension WarehouseValue {
    /// What SQLite gave.
    init(_ value: SQLiteValue) {
        switch value {
        case .null: self = .null
        case .integer(let integer): self = .integer(integer)
        case .real(let real): self = .real(real)
        case .text(let text): self = .text(text)
        case .blob(let bytes): self = .blob(bytes)
        }
    }
}

extension SQLiteValue {
    /// What SQLite is given.
    init(_ value: WarehouseValue) {
        switch value {
        case .null: self = .null
        case .integer(let integer): self = .integer(integer)
        case .real(let real): self = .real(real)
        case .text(let text): self = .text(text)
        case .blob(let bytes): self = .blob(bytes)
        }
    }
}
