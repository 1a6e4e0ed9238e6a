import Cryptography
import JSON
import SQLite
import StreamDefinition

/// A table's digest. Equal digests mean equal tables, wherever and however they were made.
public struct TableDigest: Equatable, Sendable, CustomStringConvertible {
    /// The table.
    public let name: String
    /// Its rows.
    public let rows: Int
    /// The SHA-256 of its canonical text.
    public let sha256: [UInt8]

    /// Name, rows, digest in hexadecimal, in columns.
    public var description: String {
        let hexadecimal = sha256.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let number = String(rows)
        return name + String(repeating: " ", count: max(0, 16 - name.utf8.count)) + " "
            + String(repeating: " ", count: max(0, 7 - number.utf8.count)) + number + " " + hexadecimal
    }
}

/// The canonical text of a table: a row a line, its columns as a compact JSON array, the lines in the order of their
/// bytes. Texts have only quotes, backslashes and control characters escaped; coordinates have at most 6 decimals and
/// no exponent, other numbers the fewest digits that tell them apart. What merging remembers is no part of it.
extension SQLiteWarehouse {
    /// The digests of all tables, in the order of the plans.
    public func digests() throws -> [TableDigest] {
        try plans.flatMap(\.tables).map { table in
            let lines = try lines(of: table)
            let hash = SHA256()
            for line in lines { hash.update(line) }
            return TableDigest(name: table.name, rows: lines.count, sha256: hash.digest())
        }
    }

    /// The canonical text of the table of that name.
    public func canonicalText(table name: String) throws -> [UInt8] {
        guard let table = plans.lazy.compactMap({ $0.table(name) }).first else {
            throw WarehouseError.unknownTable(name)
        }
        return Array(try lines(of: table).joined())
    }

    private func lines(of table: TablePlan) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        let columns = TableSchema.list(table.columns.map(\.name))
        try database.prepare("SELECT \(columns) FROM \(TableSchema.quoted(table.name))").forEachRow { row in
            var line: [UInt8] = []
            for (index, column) in table.columns.enumerated() {
                line.append(UInt8(ascii: index == 0 ? "[" : ","))
                Self.append(row, index, column.type, to: &line)
            }
            line += [UInt8(ascii: "]"), UInt8(ascii: "\n")]
            lines.append(line)
        }
        lines.sort { left, right in
            left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { CellOrder.compare(left, $0) < 0 } }
        }
        return lines
    }

    private static func append(
        _ row: SQLiteStatement, _ column: Int, _ type: ColumnPlan.ColumnType, to line: inout [UInt8]
    ) {
        if row.isNull(column) {
            line += Array("null".utf8)
            return
        }
        switch type {
        case .integer: line += Array(String(row.integer(column)).utf8)
        case .text: row.withText(column) { JSONText.append(string: $0, to: &line) }
        case .coordinate: Coordinate.append(row.real(column), to: &line)
        case .real:
            let number = row.real(column)
            line += Array((Int64(exactly: number)?.description ?? number.description).utf8)
        }
    }
}
