extension MergeDelta {
    /// Adds all messages of another delta of the same stream.
    public mutating func merge(_ other: MergeDelta) {
        merge(other, leavingOut: nil)
    }

    /// Adds all messages of another delta but for the rows of forgotten subjects.
    mutating func merge(_ other: MergeDelta, leavingOut forgotten: ForgottenValues?) {
        mergeNewest(other, leavingOut: forgotten)
        if let theirs = other.revisions {
            revisions?.merge(theirs, from: other.texts, into: &texts) {
                !other.isForgotten(revision: theirs.rows.row($0), forgotten)
            }
        }
        if let rows = other.owners, let owner = plan.history?.owner {
            for number in 0..<rows.count where !other.isForgotten(rows.row(number), of: owner, forgotten) {
                _ = owners?.offer(
                    rows.cells, at: number * rows.width, time: rows.times[number], hash: rows.hash(number),
                    from: other.texts, into: &texts)
            }
        }
        messages += other.messages
    }

    /// Adds the rows of another delta's tables that keep the newest, and those kept with them; the history stays as it is.
    mutating func mergeNewest(_ other: MergeDelta, leavingOut forgotten: ForgottenValues? = nil) {
        precondition(stream.name == other.stream.name, "deltas of one stream are merged")
        for index in newest.indices { mergeNewest(index, other, forgotten) }
    }

    private mutating func mergeNewest(_ index: Int, _ other: MergeDelta, _ forgotten: ForgottenValues?) {
        let rows = other.newest[index]
        for number in 0..<rows.count
        where !other.isForgotten(rows.row(number), of: plan.newest[index], forgotten) {
            let outcome = newest[index].offer(
                rows.cells, at: number * rows.width, time: rows.times[number], hash: rows.hash(number),
                from: other.texts, into: &texts)
            for child in plan.newest[index].children {
                staged.removeAll(keepingCapacity: true)
                staged += other.children[child].rows(of: number)
                switch outcome {
                case .inserted(let row), .replaced(let row):
                    children[child].set(row, staged, from: other.texts, into: &texts)
                case .equal(let row): children[child].raise(row, staged, from: other.texts, into: &texts)
                case .older: break
                }
            }
        }
    }
}
