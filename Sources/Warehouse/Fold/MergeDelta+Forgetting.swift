extension MergeDelta {
    /// What remains without the rows of forgotten subjects; what their messages say of other things stays.
    func without(_ forgotten: ForgottenSubjects) -> MergeDelta {
        var rest = MergeDelta(plan: stream)
        rest.merge(self, leavingOut: forgotten)
        return rest
    }

    /// Whether a row of a table is a forgotten subject's.
    func isForgotten(_ row: ArraySlice<Cell>, of table: FoldPlan.Table, _ forgotten: ForgottenSubjects?) -> Bool {
        guard let forgotten, let column = plan.subjectColumn(of: table) else { return false }
        return forgotten.contains(row[row.startIndex + column], texts)
    }

    /// Whether a revision is a forgotten subject's: by its own columns, or by those of the thing's newest message.
    func isForgotten(revision row: ArraySlice<Cell>, _ forgotten: ForgottenSubjects?) -> Bool {
        guard forgotten != nil, let history = plan.history else { return false }
        if isForgotten(row, of: history.revisions, forgotten) { return true }
        guard let owners, let owner = history.owner else { return false }
        var key = Array(repeating: Cell.null, count: owner.width)
        key[0] = row[row.startIndex + history.identity]
        guard let number = owners.number(of: key, texts, texts) else { return false }
        return isForgotten(owners.row(number), of: owner, forgotten)
    }
}

extension FoldPlan {
    /// The position of the column of a table's rows that holds the subject.
    fileprivate func subjectColumn(of table: Table) -> Int? {
        guard let column = stream.subjectColumn(of: table.plan) else { return nil }
        let slot = layout.slots.firstIndex { $0.path == column.path && $0.kind == .column(column.type) }
        return table.sources.firstIndex { $0 == slot }
    }
}
