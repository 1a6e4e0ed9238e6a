import StreamDefinition
import Synchronization

/// The rows of a stream's tables, made of records.
final class FoldedStream: Sendable {
    private struct History {
        let revisions, latest: [RecordRun]
    }

    let plan: StreamPlan
    private let fold: FoldPlan
    private let newest: [[RecordRun]]
    private let records: [RecordRun]
    private let folder: String
    private let blockBytes: Int
    /// The rows of the history, once they are made.
    private let history = Mutex<History?>(nil)

    init(_ plan: StreamPlan, _ shares: [RowRuns], in folder: String, blockBytes: Int) {
        (self.plan, self.folder, self.blockBytes) = (plan, folder, blockBytes)
        let fold = FoldPlan(plan)
        self.fold = fold
        newest = fold.newest.indices.map { index in shares.flatMap { $0.newest[index] } }
        records = shares.flatMap(\.history)
    }

    /// Hands each row of the table of that name to `body`; see `FoldedTables`.
    func forEachRow(of name: String, _ body: (any WarehouseRow) throws -> Void) throws {
        if let place = fold.newest.firstIndex(where: { $0.plan.name == name }) {
            let row = RecordRow(.things(fold.newest[place]))
            var things = RecordsOfThings(fold.newest[place], children: fold.children)
            try things.forEach(newest[place]) { record in
                row.load(record)
                try body(row)
            }
        } else if let place = fold.children.firstIndex(where: { $0.table.plan.name == name }) {
            try forEach(children(place), .children(fold.children[place].table), body)
        } else if let history = fold.history {
            let rows = try rows(of: history)
            if history.revisions.plan.name == name {
                try forEach(rows.revisions, .revisions(history), body)
            } else if let latest = history.latest {
                try forEach(rows.latest, .latest(latest, of: plan), body)
            }
        }
    }

    private func forEach(
        _ runs: [RecordRun], _ layout: RecordLayout, _ body: (any WarehouseRow) throws -> Void
    ) throws {
        let row = RecordRow(layout)
        try RecordMerge.forEach(runs) { record in
            row.load(record)
            try body(row)
        }
    }

    /// The rows of the history, which two tables ask for: whoever comes first makes them.
    private func rows(of history: FoldPlan.History) throws -> History {
        try self.history.withLock { known in
            if let known { return known }
            var merge = RecordsOfHistory(
                HistoryLayout(history, of: plan), echo: history.echo, in: folder, blockBytes: blockBytes)
            let rows = try merge.merge(records)
            let made = History(revisions: rows.revisions, latest: rows.latest)
            known = made
            return made
        }
    }

    /// The rows that are kept with others, sorted, each once.
    private func children(_ place: Int) throws -> [RecordRun] {
        let (child, owner) = (fold.children[place].table, fold.newest[fold.children[place].owner])
        let list = owner.children.firstIndex(of: place) ?? 0
        let layout = RecordLayout.children(child)
        var sorter = RecordSorter(in: folder, blockBytes: blockBytes)
        var things = RecordsOfThings(owner, children: fold.children)
        let lists = things
        var cells: [Range<Int>] = []
        try things.forEach(newest[fold.children[place].owner]) { record in
            var reader = RecordReader(record, at: lists.lists(of: record)[list].lowerBound)
            var last = 0..<0
            while !reader.endsList() {
                cells.removeAll(keepingCapacity: true)
                for _ in 0..<child.width {
                    let start = reader.position
                    reader.skip(1)
                    cells.append(start..<reader.position)
                }
                let row = cells[0].lowerBound..<reader.position
                // A message may have a row twice; the rows of a list are sorted.
                defer { last = row }
                if CellOrder.compare(record.part(last), record.part(row)) == 0 { continue }
                for column in layout.columns { sorter.append(cells: record.part(cells[column])) }
                try sorter.endRecord()
            }
        }
        return sorter.finish()
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Some of the bytes.
    @inline(__always)
    func part(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: self[range])
    }
}
