import Cryptography
import JSON
import StreamDefinition

/// The canonical text of a table: a row a line, its columns as a compact JSON array, the lines in the order of their
/// bytes. Texts have only quotes, backslashes and control characters escaped; coordinates have at most 6 decimals and
/// no exponent, other numbers the fewest digits that tell them apart. What merging remembers is no part of it.
extension Warehouse {
    /// The bytes that are sorted at once.
    private static var sortedBytes: Int { 32 << 20 }

    /// The digests of all tables, in the order of the plans.
    public func digests() throws -> [TableDigest] {
        try digests(of: plans)
    }

    /// The digests of all tables of those streams.
    public func digests(of plans: [StreamPlan]) throws -> [TableDigest] {
        try plans.flatMap(\.tables).map { table in
            let hash = SHA256()
            var rows = 0
            try forEachLine(of: table) { line in
                line.withUnsafeBytes { hash.update($0) }
                rows += 1
            }
            return TableDigest(name: table.name, rows: rows, sha256: hash.digest())
        }
    }

    /// The canonical text of the table of that name.
    public func canonicalText(table name: String) throws -> [UInt8] {
        guard let table = plans.lazy.compactMap({ $0.table(name) }).first else {
            throw WarehouseError.unknownTable(name)
        }
        var text: [UInt8] = []
        try forEachLine(of: table) { text += $0 }
        return text
    }

    /// Hands over the lines of a table's canonical text in their order, each with its line feed.
    public func forEachLine(of table: TablePlan, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var sorter = RecordSorter(in: RecordSorter.temporaryFolder, blockBytes: Self.sortedBytes)
        var line: [UInt8] = []
        try forEachRow(of: table) { row in
            line.removeAll(keepingCapacity: true)
            for (index, column) in table.columns.enumerated() {
                line.append(UInt8(ascii: index == 0 ? "[" : ","))
                Self.append(row, index, column.type, to: &line)
            }
            line += [UInt8(ascii: "]"), UInt8(ascii: "\n")]
            try line.withUnsafeBufferPointer { (line) throws(WarehouseError) in
                sorter.append(cells: line)
                try sorter.endRecord()
            }
        }
        try RecordMerge.forEach(sorter.finish()) { try body(Array($0)[...]) }
    }

    private static func append(
        _ row: any WarehouseRow, _ column: Int, _ type: ColumnPlan.ColumnType, to line: inout [UInt8]
    ) {
        if row.isNull(column) {
            line += Array("null".utf8)
            return
        }
        switch type {
        case .integer, .boolean: line += Array(String(row.integer(column)).utf8)
        case .text: row.withText(column) { JSONText.append(string: $0, to: &line) }
        case .coordinate: Coordinate.append(row.real(column), to: &line)
        case .real:
            let number = row.real(column)
            line += Array((Int64(exactly: number)?.description ?? number.description).utf8)
        }
    }
}
