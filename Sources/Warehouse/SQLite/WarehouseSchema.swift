import JSON
import SQLite
import StreamDefinition

/// The layout of a warehouse file.
///
/// | table         | a row is                                                                                   |
/// |---------------|--------------------------------------------------------------------------------------------|
/// | `streams`     | a stream and the mapping it was made with                                                  |
/// | `ledger`      | a merged batch: its identity, its manifest, what was received, the commit that merged it   |
/// | `live_counts` | a counter: of a stream, by a measure and a value                                           |
/// | a plan's own  | see `TableSchema`                                                                          |
///
/// `user_version` is `layout`. A file of another layout, or made with another mapping, is refused: its rows could not
/// be merged with as a function of the set of messages.
struct WarehouseSchema {
    static let layout: Int64 = 1

    static let ownTables = [
        """
        CREATE TABLE "streams" ("name" TEXT NOT NULL PRIMARY KEY, "mapping" TEXT NOT NULL) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE "ledger" ("id" INTEGER PRIMARY KEY, "device" TEXT NOT NULL, "epoch" INTEGER NOT NULL, \
        "sequence" INTEGER NOT NULL, "stream" TEXT NOT NULL, "manifest_sha256" BLOB NOT NULL, "manifest" TEXT NOT NULL, \
        "events" INTEGER NOT NULL, "malformed" INTEGER NOT NULL, "received_ms" INTEGER NOT NULL, \
        "raw_key" TEXT NOT NULL, "backlog_batches" INTEGER NOT NULL, "backlog_bytes" INTEGER NOT NULL, \
        "watermark" INTEGER NOT NULL, UNIQUE ("device", "epoch", "sequence")) STRICT
        """,
        """
        CREATE INDEX "ledger_device" ON "ledger" ("device")
        """,
        """
        CREATE TABLE "live_counts" ("stream" TEXT NOT NULL, "measure" TEXT NOT NULL, "value" TEXT NOT NULL, \
        "label" TEXT, "count" INTEGER NOT NULL, PRIMARY KEY ("stream", "measure", "value")) STRICT, WITHOUT ROWID
        """,
    ]

    let database: SQLiteDatabase
    let path: String

    /// Makes what is missing, and throws where what is there differs.
    func prepare(_ folds: [FoldPlan], access: WarehouseAccess) throws {
        try checkNames(folds)
        let found = try database.prepare("PRAGMA user_version").firstRow()?.first?.integer ?? 0
        if found == 0, access == .readWrite, try isEmpty() {
            for sql in Self.ownTables { try database.execute(sql) }
            try database.execute("PRAGMA user_version = \(Self.layout)")
        } else if found != Self.layout {
            throw WarehouseError.otherLayout(path: path, found: found, wanted: Self.layout)
        }
        for fold in folds { try prepare(fold, access: access) }
    }

    private func isEmpty() throws -> Bool {
        try database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").firstRow() == nil
    }

    private func checkNames(_ folds: [FoldPlan]) throws {
        var owners: [String: String] = [:]
        for fold in folds {
            for table in fold.stream.tables {
                if let other = owners[table.name] {
                    throw WarehouseError.sharedTable(table.name, streams: [other, fold.stream.name])
                }
                owners[table.name] = fold.stream.name
            }
        }
    }

    private func prepare(_ fold: FoldPlan, access: WarehouseAccess) throws {
        let name = fold.stream.name
        let mapping = fold.stream.mapping.text
        let known = try database.statement("SELECT mapping FROM streams WHERE name = ?").firstRow([.text(name)])
        guard let stored = known?.first?.text else {
            if access == .readOnly { throw WarehouseError.unknownStream(name) }
            for table in fold.tables {
                for statement in TableSchema(table, in: fold).statements { try database.execute(statement.sql) }
            }
            try database.statement("INSERT INTO streams (name, mapping) VALUES (?, ?)").run([
                .text(name), .text(mapping),
            ])
            return
        }
        if stored != mapping {
            throw WarehouseError.otherDefinition(path: path, stream: name, what: "its mapping differs")
        }
        for statement in fold.tables.flatMap({ TableSchema($0, in: fold).statements }) {
            let row = try database.statement("SELECT sql FROM sqlite_schema WHERE name = ?").firstRow([
                .text(statement.name)
            ])
            if row?.first?.text != statement.sql {
                throw WarehouseError.otherDefinition(path: path, stream: name, what: "'\(statement.name)' differs")
            }
        }
    }
}

extension FoldPlan {
    /// All tables, in the order of the plan.
    var tables: [Table] {
        let all = newest + children.map(\.table) + [history?.revisions, history?.latest].compactMap(\.self)
        return stream.tables.compactMap { plan in all.first { $0.plan.name == plan.name } }
    }
}

extension StreamPlan {
    /// All of the definition that decides what the tables hold.
    fileprivate var mapping: JSONValue {
        [
            "identity": .string(identity.description), "time": .string(time.description),
            "tables": .array(tables.map(\.mapping)),
        ]
    }
}

extension TablePlan {
    fileprivate var mapping: JSONValue {
        [
            "name": .string(name), "keep": keep.mapping, "key": .array(key.map { .string($0) }),
            "each": each.map { .string($0.description) } ?? .null,
            "when": when.map { .string($0.description) } ?? .null,
            "columns": .array(
                columns.map { column in
                    [
                        "name": .string(column.name), "type": .string(column.type.rawValue),
                        "path": .string(column.path.description), "required": .boolean(column.isRequired),
                    ]
                }),
        ]
    }
}

extension TablePlan.Keep {
    fileprivate var mapping: JSONValue {
        switch self {
        case .newest: "newest"
        case .with(let owner): ["with": .string(owner)]
        case .latest(let revisions): ["latest": .string(revisions)]
        case .revisions(nil): "revisions"
        case .revisions(.some(let echo)):
            ["revisions": [.integer(echo.wholeMilliseconds), .integer(echo.withinMilliseconds)]]
        }
    }
}
