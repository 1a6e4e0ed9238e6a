import StreamDefinition

/// Which rows of a stream's tables are a subject's, in SQL: `$1` is the subject.
struct SubjectRows {
    /// The tables that have such rows, each with its condition, those that refer to others first.
    let conditions: [(table: TablePlan, sql: String)]

    init(_ plan: StreamPlan) {
        func column(_ table: TablePlan) -> String? {
            plan.subjectColumn(of: table).map { "\(TableSchema.quoted($0.name)) = $1" }
        }
        func keys(_ columns: [String], of owner: TablePlan, _ referenced: [String]) -> String? {
            column(owner).map {
                "(\(TableSchema.list(columns))) IN (SELECT \(TableSchema.list(referenced)) "
                    + "FROM \(TableSchema.quoted(owner.name)) WHERE \($0))"
            }
        }
        func identity(_ table: TablePlan) -> String? {
            table.columns.first { $0.path == .event(plan.identity) }?.name
        }
        // Rows found through others' rows go before those.
        var found: [(table: TablePlan, sql: String)] = []
        var holding: [(table: TablePlan, sql: String)] = []
        for table in plan.tables {
            if let sql = column(table) {
                holding.append((table, sql))
                continue
            }
            let sql: String? =
                switch table.keep {
                case .with(let name):
                    table.foreignKeys.first { $0.table == name }.flatMap { link in
                        plan.table(name).flatMap { keys(link.columns, of: $0, link.referenced) }
                    }
                case .revisions:
                    plan.latest.flatMap { latest in
                        identity(table).flatMap { keys([$0], of: latest, latest.key) }
                    }
                case .latest:
                    plan.revisions.flatMap { revisions in
                        identity(revisions).flatMap { keys(table.key, of: revisions, [$0]) }
                    }
                case .newest: nil
                }
            if let sql { found.append((table, sql)) }
        }
        conditions = found + holding
    }
}
