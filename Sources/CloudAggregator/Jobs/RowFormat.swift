import Cryptography
import JSON
import Warehouse

/// How rows are printed.
public enum RowFormat: String, Hashable, Sendable, CaseIterable {
    /// Aligned columns under a head, for eyes.
    case table
    /// RFC 4180, with a head.
    case csv
    /// An array of objects, one a line.
    case json

    /// The text of the rows, ended by a line feed.
    public func text(columns: [String], rows: [[WarehouseValue]]) -> String {
        switch self {
        case .table: Self.aligned(columns: columns, rows: rows)
        case .csv: Self.separated(columns: columns, rows: rows)
        case .json: Self.objects(columns: columns, rows: rows)
        }
    }

    private static func aligned(columns: [String], rows: [[WarehouseValue]]) -> String {
        let cells = rows.map { $0.map { printable($0.plainText) } }
        let widths = columns.indices.map { index in
            ([columns[index]] + cells.map { $0[index] }).map(\.count).max() ?? 0
        }
        let isNumber = columns.indices.map { index in
            !rows.isEmpty && rows.allSatisfy { $0[index].real != nil || $0[index] == .null }
        }
        func line(_ texts: [String]) -> String {
            let padded = texts.enumerated().map { index, text in
                let padding = String(repeating: " ", count: widths[index] - text.count)
                return isNumber[index] ? padding + text : text + padding
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        let rule = line(widths.map { String(repeating: "-", count: $0) })
        return line(columns) + rule + cells.map(line).joined()
    }

    /// Text without what would move the cursor.
    private static func printable(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? "\u{FFFD}" : $0 })
    }

    private static func separated(columns: [String], rows: [[WarehouseValue]]) -> String {
        func field(_ text: String) -> String {
            let isQuoted = text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
            guard isQuoted else { return text }
            return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
        }
        let lines = [columns] + rows.map { $0.map(\.plainText) }
        return lines.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func objects(columns: [String], rows: [[WarehouseValue]]) -> String {
        let lines = rows.map { row in
            JSONValue.object(zip(columns, row).map { JSONValue.Member($0, $1.json) }).text
        }
        return lines.isEmpty ? "[]\n" : "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }
}

extension WarehouseValue {
    fileprivate var plainText: String {
        switch self {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): value.description
        case .text(let value): value
        case .blob(let value): Hexadecimal.encode(value)
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): .number(value)
        case .text(let value): .string(value)
        case .blob(let value): .string(Hexadecimal.encode(value))
        }
    }
}
