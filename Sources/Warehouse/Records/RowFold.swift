import JSON
import StreamDefinition

/// Makes records of a stream's messages: what each says of each table. What messages say repeatedly is said once, as far as
/// it is known again.
struct RowFold {
    private let plan: FoldPlan
    private var reader: CheckedReader
    private let forgotten: ForgottenSubjects?
    private var newest: [RecordSorter]
    private var history: RecordSorter
    private let historySlots: [Int]
    /// The slots of the history that hold the stream's subject.
    private let historySubjects: [Int]
    private let children: [ChildRows]
    /// The rows that go with an owner's are staged here.
    private var staged: [Cell] = []

    /// - Parameters:
    ///   - folder: where files go.
    ///   - blockBytes: the bytes that are sorted at once, of each table and of the history.
    ///   - forgotten: whose rows are left out.
    init(_ plan: FoldPlan, in folder: String, blockBytes: Int, forgotten: ForgottenSubjects?) {
        (self.plan, self.forgotten) = (plan, forgotten)
        reader = CheckedReader(plan, memory: .long)
        newest = plan.newest.map { _ in RecordSorter(in: folder, blockBytes: blockBytes) }
        history = RecordSorter(in: folder, blockBytes: blockBytes)
        historySlots = plan.history.map { HistoryLayout.slots($0) } ?? []
        historySubjects = plan.history.map { HistoryLayout.subjects($0) } ?? []
        children = plan.children.map { ChildRows(width: $0.table.width, key: $0.table.key) }
    }

    /// The bytes of memory that `flush` gives back.
    var byteCount: Int { reader.byteCount }

    /// Adds a message; after a `MappingError` nothing of it was.
    mutating func add(_ event: JSONElement) throws {
        let time = try reader.read(event)
        for index in plan.combinations.indices where reader.note(combination: index, time: time) == .unkept {
            reader.makeWhole(combination: index)
            for table in plan.combinations[index].tables { try addRows(table, time) }
        }
        for table in plan.otherNewest { try addRows(table, time) }
        if !historySlots.isEmpty { try addHistory() }
    }

    /// Puts the rows of all that is known by now aside, and knows nothing afterwards.
    mutating func flush() throws {
        for index in plan.combinations.indices {
            for table in plan.combinations[index].tables {
                for number in 0..<reader.combinations[index].count {
                    reader.restore(number, combination: index)
                    try addRows(table, reader.combinations[index].times[number])
                }
                try newest[table].putAside()
            }
        }
        reader.removeAll()
    }

    /// The records of all messages; there are none afterwards.
    mutating func finish() throws -> RowRuns {
        try flush()
        var runs = RowRuns()
        for index in newest.indices { runs.newest.append(newest[index].finish()) }
        runs.history = history.finish()
        return runs
    }

    private mutating func addRows(_ index: Int, _ time: Int64) throws {
        let table = plan.newest[index]
        if table.presence >= 0, !reader.message.isPresent[table.presence] { return }
        for element in 0..<(table.list < 0 ? 1 : reader.message.elementCount(table.list)) {
            if table.subject >= 0, isForgotten(cell(table, table.subject, element)) { continue }
            for column in table.key { append(cell(table, column, element), to: index) }
            newest[index].append(time)
            for column in table.others { append(cell(table, column, element), to: index) }
            for child in table.children { appendRows(of: child, to: index) }
            try newest[index].endRecord()
        }
    }

    private mutating func append(_ cell: Cell, to index: Int) {
        newest[index].append(cell, reader.message.texts)
    }

    /// Appends the rows that go with an owner's, sorted.
    private mutating func appendRows(of child: Int, to index: Int) {
        let table = plan.children[child].table
        staged.removeAll(keepingCapacity: true)
        for element in 0..<reader.message.elementCount(table.list) {
            for column in table.sources.indices { staged.append(cell(table, column, element)) }
        }
        let rows = children[child].withoutLesser(staged, reader.message.texts)
        for cell in ChildRows.sorted(rows[...], table.width, reader.message.texts) { append(cell, to: index) }
        newest[index].endList()
    }

    private mutating func addHistory() throws {
        if forgotten != nil, historySubjects.contains(where: { isForgotten(reader.message.values[$0]) }) { return }
        for slot in historySlots { history.append(reader.message.values[slot], reader.message.texts) }
        try history.endRecord()
    }

    private func cell(_ table: FoldPlan.Table, _ column: Int, _ element: Int) -> Cell {
        reader.message.cell(table.sources[column], list: table.list, element: element)
    }

    private func isForgotten(_ cell: Cell) -> Bool {
        switch (forgotten, cell) {
        case (let forgotten?, .integer(let value)): forgotten.contains(String(value))
        case (let forgotten?, .text(let text)): forgotten.contains(reader.message.texts.string(text))
        default: false
        }
    }
}

/// The records of a stream: of each `newest` table, with the rows kept with its own, and of the history.
struct RowRuns: Sendable {
    var newest: [[RecordRun]] = []
    var history: [RecordRun] = []
}
