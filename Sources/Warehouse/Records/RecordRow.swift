/// A row that a record holds.
final class RecordRow: WarehouseRow {
    private let layout: RecordLayout
    private var fields: [RecordReader.Field]
    /// A text whose escapes are taken away.
    private var plain: [UInt8] = []

    init(_ layout: RecordLayout) {
        self.layout = layout
        fields = Array(repeating: .null, count: (layout.columns.max() ?? -1) + 1)
    }

    /// Stands at a record as long as it is good.
    func load(_ record: UnsafeBufferPointer<UInt8>) {
        var reader = RecordReader(record)
        reader.skip(layout.leading)
        for column in layout.columns {
            let field = reader.next()
            if column >= 0 { fields[column] = field }
        }
    }

    func isNull(_ column: Int) -> Bool {
        if case .null = fields[column] { true } else { false }
    }

    func integer(_ column: Int) -> Int64 {
        switch fields[column] {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value) ?? 0
        case .null, .text: 0
        }
    }

    func real(_ column: Int) -> Double {
        switch fields[column] {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .null, .text: 0
        }
    }

    func withText<Result>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        guard case .text(let text, let isEscaped) = fields[column] else { return nil }
        guard isEscaped else { return try body(text) }
        RecordReader.unescape(text, into: &plain)
        return try plain.withUnsafeBufferPointer(body)
    }

    func value(_ column: Int) -> WarehouseValue {
        switch fields[column] {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        case .text: .text(withText(column) { String(decoding: $0, as: UTF8.self) } ?? "")
        }
    }
}
