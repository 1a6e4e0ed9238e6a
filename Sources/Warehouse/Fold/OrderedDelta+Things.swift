import StreamDefinition

/// Revisions in the order in which they are written: those of one thing side by side.
struct ThingRevisions {
    /// The numbers of the revisions.
    fileprivate(set) var numbers: [Int] = []
    /// Behind which position those of each thing end.
    fileprivate(set) var ends: [Int] = []

    /// The greatest revision of each thing.
    var greatest: [Int] { ends.map { numbers[$0 - 1] } }
}

extension OrderedDelta {
    /// The revisions that are no echoes in this delta, by identity, time, the other columns.
    func revisionsWithoutEchoes(_ texts: TextView) -> ThingRevisions {
        var things = ThingRevisions()
        guard let rows = delta.revisions?.rows, let history = delta.plan.history, let revisions else { return things }
        let order = Array(revisions.numbers)
        things.numbers.reserveCapacity(order.count)
        rows.cells.withUnsafeBufferPointer { cells in
            func identity(_ place: Int) -> Cell { cells[order[place] * rows.width + history.identity] }
            var start = 0
            while start < order.count {
                var end = start + 1
                while end < order.count, CellOrder.isEqual(identity(start), texts, identity(end), texts) { end += 1 }
                // Only of a thing that has several revisions one can be an echo.
                if end == start + 1 {
                    things.numbers.append(order[start])
                } else {
                    let echoes = echoes(among: order[start..<end], of: rows, history)
                    things.numbers += order[start..<end].filter { !echoes.contains($0) }
                }
                things.ends.append(things.numbers.count)
                start = end
            }
        }
        return things
    }

    /// Which of one thing's revisions are echoes of another one.
    private func echoes(
        among numbers: ArraySlice<Int>, of rows: NewestRows, _ history: FoldPlan.History
    ) -> Set<Int> {
        var echoes: Set<Int> = []
        guard let rule = history.echo else { return echoes }
        for number in numbers {
            var row = Array(rows.row(number))
            guard case .integer(let time) = row[history.time], rule.isPrecise(time) else { continue }
            for whole in rule.wholeTimes(around: time) {
                row[history.time] = .integer(whole)
                if let echo = rows.number(of: row, delta.texts, delta.texts) { echoes.insert(echo) }
            }
        }
        return echoes
    }
}
