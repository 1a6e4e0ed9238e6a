extension MergeDelta {
    /// The revisions that are no echoes in this delta, those of one thing side by side and in their order: by identity,
    /// time, the other columns.
    func sortedRevisions(_ texts: TextView) -> [Int] {
        guard let rows = revisions?.rows, let history = plan.history else { return [] }
        let isEcho = echoes()
        let rest = (0..<rows.width).filter { $0 != history.identity && $0 != history.time }
        let positions = [history.identity, history.time] + rest
        return (0..<rows.count).filter { !isEcho[$0] }.sorted { left, right in
            let (left, right) = (rows.row(left), rows.row(right))
            for position in positions {
                let order = CellOrder.compare(
                    left[left.startIndex + position], right[right.startIndex + position], texts)
                if order != 0 { return order < 0 }
            }
            return false
        }
    }

    /// The greatest of each thing's revisions, of revisions in their order.
    func greatestRevisions(of order: [Int], _ texts: TextView) -> [Int] {
        guard let rows = revisions?.rows, let history = plan.history else { return [] }
        func identity(_ number: Int) -> Cell { rows.row(number)[number * rows.width + history.identity] }
        return order.indices.filter { place in
            place + 1 == order.count
                || CellOrder.compare(identity(order[place]), identity(order[place + 1]), texts) != 0
        }.map { order[$0] }
    }
}
