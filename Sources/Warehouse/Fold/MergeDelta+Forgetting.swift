extension MergeDelta {
    /// What remains without the rows of forgotten subjects; what their messages say of other things stays.
    func without(_ forgotten: ForgottenValues) -> MergeDelta {
        var rest = MergeDelta(plan: stream)
        rest.merge(self, leavingOut: forgotten)
        return rest
    }

    /// Whether a row of a table is a forgotten subject's.
    func isForgotten(_ row: ArraySlice<Cell>, of table: FoldPlan.Table, _ forgotten: ForgottenValues?) -> Bool {
        guard let forgotten, table.subject >= 0 else { return false }
        return forgotten.contains(row[row.startIndex + table.subject], texts)
    }

    /// Whether a revision is a forgotten subject's: by its own columns, or by those of the thing's newest message.
    func isForgotten(revision row: ArraySlice<Cell>, _ forgotten: ForgottenValues?) -> Bool {
        guard forgotten != nil, let history = plan.history else { return false }
        if isForgotten(row, of: history.revisions, forgotten) { return true }
        guard let owners, let owner = history.owner else { return false }
        var key = Array(repeating: Cell.null, count: owner.width)
        key[0] = row[row.startIndex + history.identity]
        guard let number = owners.number(of: key, texts, texts) else { return false }
        return isForgotten(owners.row(number), of: owner, forgotten)
    }
}
