extension MergeDelta {
    /// For each revision whether it is an echo of another one in this delta.
    func echoes() -> [Bool] {
        guard let revisions, let history = plan.history, let rule = history.echo else {
            return Array(repeating: false, count: revisions?.rows.count ?? 0)
        }
        var isEcho = Array(repeating: false, count: revisions.rows.count)
        for number in isEcho.indices {
            var row = Array(revisions.rows.row(number))
            guard case .integer(let time) = row[history.time], rule.isPrecise(time) else { continue }
            for whole in rule.wholeTimes(around: time) {
                row[history.time] = .integer(whole)
                if let echo = revisions.rows.number(of: row, texts, texts) { isEcho[echo] = true }
            }
        }
        return isEcho
    }
}
