import JSON
import SQLite
import StreamDefinition

/// Brings an SQLite file to the layout of this program, and makes the tables of its streams.
///
/// A file made with another mapping of a stream is refused: its rows could not be merged with as a function of the set of
/// messages.
struct SQLiteSchema {
    let database: SQLiteDatabase
    let path: String
    var layout = WarehouseLayout.current

    /// Makes what is missing, and throws where what is there differs.
    func prepare(_ folds: [FoldPlan], access: WarehouseAccess) throws {
        try FoldPlan.checkNames(folds)
        switch access {
        case .readOnly: try checkLayout()
        case .readWrite, .loading: try bringUpToDate()
        }
        for fold in folds { try prepare(fold, access: access) }
    }

    private func storedLayout() throws -> Int64 {
        let found = try database.prepare("PRAGMA user_version").firstRow()?.first?.integer ?? 0
        if found == 0, try database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").firstRow() != nil {
            throw WarehouseError.noWarehouse(place: path)
        }
        if found < 0 || found > layout.number {
            throw WarehouseError.newerLayout(place: path, found: found, known: layout.number)
        }
        return found
    }

    private func checkLayout() throws {
        let found = try storedLayout()
        guard found == layout.number else {
            throw WarehouseError.olderLayout(place: path, found: found, wanted: layout.number)
        }
    }

    /// Takes the steps that the file lacks, each with its number in one transaction; another process may do the same.
    private func bringUpToDate() throws {
        for (number, step) in layout.steps(after: try storedLayout()) {
            try database.transaction {
                guard try storedLayout() < number else { return }
                for sql in step.statements(.sqlite) { try database.execute(sql) }
                try database.execute("PRAGMA user_version = \(number)")
            }
        }
    }

    private func prepare(_ fold: FoldPlan, access: WarehouseAccess) throws {
        let name = fold.stream.name
        let mapping = fold.stream.mapping.text
        let known = try database.statement("SELECT mapping FROM streams WHERE name = ?").firstRow([.text(name)])
        guard let stored = known?.first?.text else {
            if access == .readOnly { throw WarehouseError.unknownStream(name) }
            try make(fold, mapping, withIndexes: access != .loading)
            return try prepare(fold, access: access)
        }
        if stored != mapping {
            throw WarehouseError.otherDefinition(place: path, stream: name, what: "its mapping differs")
        }
        for table in fold.tables.map({ TableSchema($0, in: fold, .sqlite) }) {
            for statement in access == .loading ? [table.table] : table.statements
            where try storedText(of: statement.name) != statement.sql {
                throw WarehouseError.otherDefinition(place: path, stream: name, what: "'\(statement.name)' differs")
            }
        }
    }

    /// Makes the indexes that were left out while the tables were filled.
    func makeIndexes(_ folds: [FoldPlan]) throws {
        for fold in folds {
            for statement in fold.tables.flatMap({ TableSchema($0, in: fold, .sqlite).indexStatements })
            where try storedText(of: statement.name) == nil {
                try database.execute(statement.sql)
            }
        }
    }

    /// The statement that made what has that name.
    private func storedText(of name: String) throws -> String? {
        try database.statement("SELECT sql FROM sqlite_schema WHERE name = ?").firstRow([.text(name)])?.first?.text
    }

    private func make(_ fold: FoldPlan, _ mapping: String, withIndexes: Bool) throws {
        try database.transaction {
            let name = SQLiteValue.text(fold.stream.name)
            // Another process may have been quicker.
            if try database.statement("SELECT 1 FROM streams WHERE name = ?").firstRow([name]) != nil { return }
            for table in fold.tables.map({ TableSchema($0, in: fold, .sqlite) }) {
                for statement in withIndexes ? table.statements : [table.table] { try database.execute(statement.sql) }
            }
            try database.statement("INSERT INTO streams (name, mapping) VALUES (?, ?)").run([name, .text(mapping)])
        }
    }
}
