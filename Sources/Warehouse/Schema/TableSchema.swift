import JSON
import StreamDefinition

/// A stream's table in the words of an engine: the statements that make it, and its columns beyond those of the plan.
///
/// Beside the plan's columns a table has what merging must remember, never part of a table's canonical text:
///
/// - `_version`, where the newest message decides: the time of that message;
/// - `_copies`, of rows kept with an owner: how often the message had the row, which counts where messages tie.
///
/// No key can hold null: in SQLite it is either the row identifier or the key of a table without one, in PostgreSQL its
/// columns say so. Foreign keys are
/// checked at the commit, since a thing's revisions and its latest one are written one after the other.
struct TableSchema {
    static let version = "_version"
    static let copies = "_copies"

    let plan: TablePlan
    let dialect: SQLDialect
    /// The key's columns; of revisions in the order identity, time, the others.
    let key: [String]
    let hasVersion: Bool
    let hasCopies: Bool

    init(_ table: FoldPlan.Table, in fold: FoldPlan, _ dialect: SQLDialect) {
        plan = table.plan
        self.dialect = dialect
        switch plan.keep {
        case .newest:
            (key, hasVersion, hasCopies) = (plan.key, true, false)
        case .latest:
            (key, hasVersion, hasCopies) = (plan.key, true, false)
        case .with:
            let names = plan.columns.filter { $0.path == .elementKey }.map(\.name)
            let isUnique = table.plan.key.contains(where: names.contains)
            (key, hasVersion, hasCopies) = (plan.key, false, !isUnique)
        case .revisions:
            let columns = plan.columns.map(\.name)
            let first = fold.history.map { [columns[$0.identity], columns[$0.time]] } ?? []
            key = first + columns.filter { !first.contains($0) }
            (hasVersion, hasCopies) = (false, false)
        }
    }

    /// Quotes a name for SQL.
    static func quoted(_ name: String) -> String {
        "\"\(name)\""
    }

    /// Names for SQL, quoted, with commas between them.
    static func list(_ names: [String]) -> String {
        names.map(quoted).joined(separator: ", ")
    }

    var name: String { Self.quoted(plan.name) }

    /// The statements that are run once all tables are there, where the engine makes no table that refers to one that is
    /// missing.
    var references: [String] {
        dialect == .sqlite ? [] : foreignKeys.map { "ALTER TABLE \(name) ADD \($0)" }
    }

    /// A statement that makes something, and the name of what it makes.
    typealias Statement = (name: String, sql: String)

    /// The statements that make the table and its indexes.
    var statements: [Statement] { [table] + indexStatements }

    /// The statement that makes the table.
    var table: Statement { (plan.name, createTable) }

    /// The statements that make what it is looked up by beside its key.
    var indexStatements: [Statement] {
        indexes.map { columns in
            let name = "\(plan.name)_\(columns.joined(separator: "_"))"
            // PostgreSQL cuts long names, so that it had better find one itself.
            let given = dialect == .sqlite ? "\(Self.quoted(name)) " : ""
            return (name, "CREATE INDEX \(given)ON \(self.name) (\(Self.list(columns)))")
        }
    }

    /// A column as a database says that it is.
    struct StoredColumn: Equatable {
        let name: String
        let type: String
        let isRequired: Bool
    }

    /// All columns as PostgreSQL describes them.
    var storedColumns: [StoredColumn] {
        let own = plan.columns.map { column in
            StoredColumn(
                name: column.name, type: dialect.plainWord(column.type), isRequired: isRequired(column))
        }
        let more = [hasVersion ? Self.version : nil, hasCopies ? Self.copies : nil].compactMap(\.self)
        return own + more.map { StoredColumn(name: $0, type: dialect.integer, isRequired: true) }
    }

    /// Whether a column never holds null.
    func isRequired(_ column: ColumnPlan) -> Bool {
        column.isRequired || key.contains(column.name)
    }

    private var createTable: String {
        let isIdentified = key.count == 1 && plan.column(key[0])?.type == .integer
        let rowIdentifier = isIdentified ? key.first : nil
        var parts = plan.columns.map { column in
            let isNeeded = isRequired(column) ? " NOT NULL" : ""
            let isKey = column.name == rowIdentifier ? " PRIMARY KEY" : ""
            return "\(Self.quoted(column.name)) \(dialect.word(column.type))\(isKey)\(isNeeded)"
        }
        if hasVersion { parts.append("\(Self.quoted(Self.version)) \(dialect.integer) NOT NULL") }
        if hasCopies { parts.append("\(Self.quoted(Self.copies)) \(dialect.integer) NOT NULL") }
        if rowIdentifier == nil, !isIndexedByTime { parts.append("PRIMARY KEY (\(Self.list(key)))") }
        if dialect == .sqlite { parts += foreignKeys }
        let options = rowIdentifier == nil ? dialect.keyedStrict : dialect.strict
        return "CREATE TABLE \(name) (\(parts.joined(separator: ", ")))\(options)"
    }

    /// Whether the key is no constraint, only its first two columns are in an index: PostgreSQL's indexes hold no long texts,
    /// which revisions may have. That a revision is there once is seen to by whoever merges.
    private var isIndexedByTime: Bool {
        if case .revisions = plan.keep { dialect == .postgresql } else { false }
    }

    private var foreignKeys: [String] {
        plan.foreignKeys.map { foreign in
            "FOREIGN KEY (\(Self.list(foreign.columns))) REFERENCES \(Self.quoted(foreign.table)) "
                + "(\(Self.list(foreign.referenced))) DEFERRABLE INITIALLY DEFERRED"
        }
    }

    /// What is looked up beside the key: the references, and the time of revisions.
    private var indexes: [[String]] {
        var all = plan.foreignKeys.map(\.columns).filter { !key.starts(with: $0) }
        if isIndexedByTime { all.append(Array(key.prefix(2))) }
        if case .revisions = plan.keep { all.append([key[1]]) }
        var known: Set<[String]> = []
        return all.filter { known.insert($0).inserted }
    }
}
