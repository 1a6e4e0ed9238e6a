import Parquet
import Warehouse

/// Writes the rows of a table into files of the scratch folder, another one for each day.
final class TableFiles {
    private let table: LakeTable
    private let newPath: () -> String
    private var writer: ParquetWriter?
    private var path = ""
    private var day: Int64?
    private var rows: Int64 = 0
    private(set) var files: [ScratchFile] = []

    /// - Parameter newPath: gives the path of the next file.
    init(_ table: LakeTable, newPath: @escaping () -> String) {
        (self.table, self.newPath) = (table, newPath)
    }

    /// Writes what is to be renewed.
    func write(_ renewal: Renewal, from warehouse: any Warehouse, _ progress: (LakeProgress) -> Void) throws {
        for statement in TableScan(table: table).statements(renewal) {
            try warehouse.forEachRow(statement.sql, statement.parameters) { try add($0, progress) }
        }
        try finish()
    }

    /// Writes all rows of a table that was made without a warehouse.
    func write(from folded: FoldedTables, _ progress: (LakeProgress) -> Void) throws {
        try folded.forEachRow(of: table.plan) { try add($0, progress) }
        try finish()
    }

    private func finish() throws {
        // A table of things without any has a file all the same: it tells the columns.
        if table.time == nil, writer == nil { _ = try begin(nil) }
        try end()
    }

    private func add(_ row: any WarehouseRow, _ progress: (LakeProgress) -> Void) throws {
        try add(row)
        rows += 1
        if rows % LakeProgress.interval == 0 { progress(.reading(table: table.plan.name, rows: rows)) }
    }

    private func add(_ row: any WarehouseRow) throws {
        let day = table.time.map { table.days.number(of: row.integer($0)) }
        let writer: ParquetWriter
        if let open = self.writer, day == self.day {
            writer = open
        } else {
            writer = try begin(day)
        }
        for (index, column) in table.columns.enumerated() {
            if row.isNull(index) {
                guard column.isOptional else {
                    throw LakeError.unexpectedNull(table: table.plan.name, column: column.name)
                }
                writer.appendNull(to: index)
                continue
            }
            switch column.kind {
            case .integer: writer.append(row.integer(index), to: index)
            case .real: writer.append(row.real(index), to: index)
            case .truth: writer.append(row.integer(index) != 0, to: index)
            case .text: row.withText(index) { writer.append($0, to: index) }
            }
        }
        try writer.endRow()
    }

    private func begin(_ day: Int64?) throws -> ParquetWriter {
        try end()
        path = newPath()
        let writer = try ParquetWriter(path: path, columns: table.columns)
        (self.writer, self.day) = (writer, day)
        return writer
    }

    private func end() throws {
        guard let writer else { return }
        try writer.close()
        self.writer = nil
        files.append(try ScratchFile(path, partition: day.map(LakeLayout.partition), rows: writer.rows))
    }
}
