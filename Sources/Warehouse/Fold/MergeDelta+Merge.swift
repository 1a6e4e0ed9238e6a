extension MergeDelta {
    /// Adds all messages of another delta of the same stream.
    public mutating func merge(_ other: MergeDelta) {
        merge(other, leavingOut: nil)
    }

    /// Adds all messages of another delta but for the rows of forgotten subjects.
    mutating func merge(_ other: MergeDelta, leavingOut forgotten: ForgottenSubjects?) {
        precondition(stream.name == other.stream.name, "deltas of one stream are merged")
        for index in newest.indices { mergeNewest(index, other, forgotten) }
        if var revisions {
            self.revisions = nil
            merge(other, into: &revisions, forgotten)
            self.revisions = revisions
        }
        if let rows = other.owners, let owner = plan.history?.owner {
            for number in 0..<rows.count where !other.isForgotten(rows.row(number), of: owner, forgotten) {
                staged.removeAll(keepingCapacity: true)
                staged += rows.row(number)
                _ = owners?.offer(
                    staged, time: rows.times[number], hash: rows.hash(number), from: other.texts, into: &texts)
            }
        }
        messages += other.messages
    }

    private mutating func mergeNewest(_ index: Int, _ other: MergeDelta, _ forgotten: ForgottenSubjects?) {
        let rows = other.newest[index]
        for number in 0..<rows.count
        where !other.isForgotten(rows.row(number), of: plan.newest[index], forgotten) {
            staged.removeAll(keepingCapacity: true)
            staged += rows.row(number)
            let outcome = newest[index].offer(
                staged, time: rows.times[number], hash: rows.hash(number), from: other.texts, into: &texts)
            for child in plan.children.indices where plan.children[child].owner == index {
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

    private mutating func merge(
        _ other: MergeDelta, into revisions: inout RevisionRows, _ forgotten: ForgottenSubjects?
    ) {
        guard let theirs = other.revisions else { return }
        for number in 0..<theirs.rows.count where !other.isForgotten(revision: theirs.rows.row(number), forgotten) {
            staged.removeAll(keepingCapacity: true)
            staged += theirs.rows.row(number)
            guard case .integer(let time) = staged[plan.history?.time ?? 0],
                revisions.insert(staged, hash: theirs.rows.hash(number), from: other.texts, into: &texts)
            else { continue }
            let counted = theirs.counted[number]
            revisions.count(
                counted.split, counted.region, categories: theirs.pairs(of: number), time: time,
                from: other.texts, into: &texts)
        }
    }
}
