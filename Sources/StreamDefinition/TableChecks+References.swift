import ConfigurationFile
import JSON

extension TableChecks {
    /// The table and column that a column's `references` names, without a look at whether it may.
    func target(of column: TableDraft.Column) -> (table: String, column: String)? {
        guard let text = column.references else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard let table = parts.first else { return nil }
        if parts.count == 2 { return (table, parts[1]) }
        guard let key = tables.first(where: { $0.name == table })?.key, key.count == 1 else { return nil }
        return (table, key[0])
    }

    func plan(_ table: TableDraft) -> TablePlan {
        let columns = table.columns.map { column in
            ColumnPlan(
                name: column.name, type: column.type, path: column.path,
                isRequired: column.isRequired || table.key.contains(column.name),
                references: reference(column, in: table))
        }
        let keep: TablePlan.Keep =
            switch table.keep {
            case .newest: .newest
            case .with: .with(of: table.owner ?? "")
            case .revisions: .revisions(echo: table.echo)
            case .latest: .latest(of: table.owner ?? "")
            }
        let owner = table.keep == .with ? tables.first { $0.name == table.owner } : nil
        return TablePlan(
            name: table.name, keep: keep, each: table.each, when: owner?.when ?? table.when, columns: columns,
            key: table.key, foreignKeys: foreignKeys(columns, in: table))
    }

    /// The reference of a column; a fault where a row could come to stand whose reference leads nowhere.
    private func reference(_ column: TableDraft.Column, in table: TableDraft) -> ColumnPlan.Reference? {
        guard let text = column.references else { return nil }
        let place = "\(column.place).references"
        let name = String(text.prefix { $0 != "." })
        guard let other = tables.first(where: { $0.name == name }) else {
            if !names.contains(name) {
                let nearest = EditDistance.nearest(to: name, among: names).map { "; the nearest is '\($0)'" }
                faults.note(place, "there is no table '\(name)'" + (nearest ?? ""))
            }
            return nil
        }
        guard let target = target(of: column) else {
            faults.note(place, "the key of '\(name)' has several columns: write '\(name).COLUMN'")
            return nil
        }
        guard other.key.contains(target.column), let key = other.columns.first(where: { $0.name == target.column })
        else {
            faults.note(place, "'\(target.column)' is not a key column of '\(name)'")
            return nil
        }
        if let fault = disagreement(column, in: table, with: key, of: other) { faults.note(place, fault) }
        return ColumnPlan.Reference(table: target.table, column: target.column)
    }

    private func disagreement(
        _ column: TableDraft.Column, in table: TableDraft, with key: TableDraft.Column, of other: TableDraft
    ) -> String? {
        guard other.keep == .newest || other.keep == .latest else {
            return "'\(other.name)' keeps '\(other.keep.rawValue)', its rows may go"
        }
        guard column.type == key.type else { return "'\(key.name)' of '\(other.name)' has another type" }
        guard column.path == key.path, other.each == (column.path.isOfElement ? table.each : nil) else {
            return "'\(key.name)' of '\(other.name)' comes from another path, '\(key.path)'"
        }
        guard let when = other.when, when != effectiveWhen(of: table) else { return nil }
        if case .event(let path) = column.path, path.keys.starts(with: when.keys), path != when { return nil }
        return "'\(other.name)' has no row without '\(when)', this table may have one"
    }

    private func effectiveWhen(of table: TableDraft) -> JSONPath? {
        table.keep == .with ? tables.first { $0.name == table.owner }?.when : table.when
    }

    /// A foreign key for each reference to a key of one column; one for all columns that lead to a longer key.
    private func foreignKeys(_ columns: [ColumnPlan], in table: TableDraft) -> [ForeignKey] {
        var keys: [ForeignKey] = []
        var composite: [String] = []
        for column in columns {
            guard let reference = column.references, let other = tables.first(where: { $0.name == reference.table })
            else { continue }
            if other.key.count == 1 {
                keys.append(ForeignKey(columns: [column.name], table: other.name, referenced: [reference.column]))
            } else if !composite.contains(other.name) {
                composite.append(other.name)
                let parts = other.key.map { part in
                    columns.first { $0.references == .init(table: other.name, column: part) }?.name
                }
                if parts.contains(nil) {
                    faults.note("\(table.place).columns", "not all key columns of '\(other.name)' are referenced")
                }
                keys.append(ForeignKey(columns: parts.compactMap(\.self), table: other.name, referenced: other.key))
            }
        }
        return keys
    }
}
