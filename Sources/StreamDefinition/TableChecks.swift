import JSON

/// Checks that tables agree with themselves and with one another, and makes plans of them.
///
/// What is refused here could not be merged as a function of the set of messages, or could leave a row whose reference
/// leads nowhere.
struct TableChecks {
    let tables: [TableDraft]
    /// The names of all tables, those included that could not be read.
    let names: [String]
    let identity: JSONPath?
    let time: JSONPath?
    let unit: TimeUnit
    let faults: DefinitionFaults

    func plans() -> [TablePlan] {
        for (index, table) in tables.enumerated() {
            if tables[..<index].contains(where: { $0.name == table.name }) {
                faults.note("\(table.place).name", "there are two tables '\(table.name)'")
            }
            if StreamPlan.reservedTables.contains(table.name) || table.name.hasPrefix("sqlite_") {
                faults.note("\(table.place).name", "'\(table.name)' is a table of the warehouse's own")
            }
            check(columnsOf: table)
            check(keepOf: table)
        }
        for keep in [TableDraft.KeepName.revisions, .latest] {
            for table in tables.filter({ $0.keep == keep }).dropFirst() {
                faults.note("\(table.place).keep", "a stream has at most one table that keeps '\(keep.rawValue)'")
            }
        }
        return tables.map(plan)
    }

    private func check(columnsOf table: TableDraft) {
        for (index, column) in table.columns.enumerated() {
            if table.columns[..<index].contains(where: { $0.name == column.name }) {
                faults.note("\(column.place).name", "there are two columns '\(column.name)'")
            }
            if column.path.isOfElement && table.each == nil {
                faults.note("\(column.place).path", "'\(column.path)' needs 'each' at the table")
            }
            if case .elementKey = column.path, column.type != .text {
                faults.note("\(column.place).type", "the name '@key' is a text")
            }
        }
        if table.each != nil, !table.columns.contains(where: \.path.isOfElement) {
            faults.note("\(table.place).each", "no column reads the element")
        }
        for (index, name) in table.key.enumerated() {
            let place = "\(table.place).key[\(index)]"
            if !table.columns.contains(where: { $0.name == name }) {
                faults.note(place, "there is no column '\(name)'")
            }
            if table.key[..<index].contains(name) { faults.note(place, "'\(name)' is there twice") }
        }
    }

    private func check(keepOf table: TableDraft) {
        if table.echo != nil, table.keep != .revisions {
            faults.note("\(table.place).echo", "only a table that keeps 'revisions' has echoes")
        }
        if table.echo != nil, unit != .millisecond {
            faults.note("\(table.place).echo", "echoes are told by milliseconds, these times have none")
        }
        switch table.keep {
        case .newest: forbid(owner: true, table)
        case .with: checkWith(table)
        case .revisions: checkRevisions(table)
        case .latest: checkLatest(table)
        }
    }

    private func checkWith(_ table: TableDraft) {
        if table.each == nil {
            faults.note("\(table.place).each", "is missing: rows kept with others come from elements")
        }
        if table.when != nil { faults.note("\(table.place).when", "is the owner's business") }
        guard let owner = owner(of: table, keeping: .newest) else { return }
        if owner.each != nil { faults.note("\(table.place).of", "'\(owner.name)' has 'each' itself") }
        for name in owner.key {
            let link = table.columns.first { target(of: $0).map { $0 == (owner.name, name) } ?? false }
            guard let link else {
                faults.note("\(table.place).columns", "no column references '\(name)' of the owner '\(owner.name)'")
                continue
            }
            if !table.key.contains(link.name) { faults.note("\(table.place).key", "'\(link.name)' must be part of it") }
        }
    }

    private func checkRevisions(_ table: TableDraft) {
        forbid(owner: true, each: true, when: true, table)
        for column in table.columns where !table.key.contains(column.name) {
            faults.note("\(table.place).key", "all columns are the key of revisions, '\(column.name)' is missing")
        }
        requireIdentityAndTime(table)
    }

    private func checkLatest(_ table: TableDraft) {
        forbid(each: true, when: true, table)
        requireIdentityAndTime(table)
        if let name = column(table, at: identity)?.name, table.key != [name] {
            faults.note("\(table.place).key", "must be the identity alone: [\"\(name)\"]")
        }
        guard let revisions = owner(of: table, keeping: .revisions) else { return }
        for column in table.columns {
            guard let same = revisions.columns.first(where: { $0.path == column.path }) else { continue }
            if same.type != column.type {
                faults.note("\(column.place).type", "'\(revisions.name)' has a column of this path and another type")
            }
        }
    }

    private func requireIdentityAndTime(_ table: TableDraft) {
        if let identity, column(table, at: identity) == nil {
            faults.note("\(table.place).columns", "no column has the path of the event's identity, '\(identity)'")
        }
        guard let time else { return }
        guard let column = column(table, at: time) else {
            return faults.note("\(table.place).columns", "no column has the path of the event's time, '\(time)'")
        }
        if column.type != .integer { faults.note("\(column.place).type", "the event's time is an integer") }
    }

    private func forbid(owner: Bool = false, each: Bool = false, when: Bool = false, _ table: TableDraft) {
        let keep = table.keep.rawValue
        if owner, table.owner != nil { faults.note("\(table.place).of", "a table that keeps '\(keep)' has none") }
        if each, table.each != nil { faults.note("\(table.place).each", "a table that keeps '\(keep)' has none") }
        if when, table.when != nil { faults.note("\(table.place).when", "a table that keeps '\(keep)' has none") }
    }

    private func owner(of table: TableDraft, keeping keep: TableDraft.KeepName) -> TableDraft? {
        guard let name = table.owner else {
            faults.note("\(table.place).of", "is missing: the table whose rows decide")
            return nil
        }
        guard let owner = tables.first(where: { $0.name == name }) else {
            if !names.contains(name) { faults.note("\(table.place).of", "there is no table '\(name)'") }
            return nil
        }
        if owner.keep == keep { return owner }
        faults.note("\(table.place).of", "'\(name)' must be a table that keeps '\(keep.rawValue)'")
        return nil
    }

    private func column(_ table: TableDraft, at path: JSONPath?) -> TableDraft.Column? {
        table.columns.first { column in path.map { column.path == .event($0) } ?? false }
    }
}
