import JSON
import StreamDefinition

/// What a set of messages of one stream changes: the rows they leave, each key once, and what is counted.
///
/// A pure value and a function of the SET of its messages: neither order nor repetition nor the way in which deltas
/// were merged changes what a warehouse makes of it.
///
/// - `newest` tables hold each key's row of the greatest (time, columns); their children come from that message.
/// - The history holds each distinct version once, echoes included; the warehouse, which may know the precise one
///   already, drops them.
/// - Columns of the latest revision that revisions lack come from the thing's newest message.
public struct MergeDelta: Sendable {
    let plan: FoldPlan
    var reader: MessageReader
    /// The texts of all rows.
    var texts = TextStore()
    var newest: [NewestRows]
    var children: [ChildRows]
    var revisions: RevisionRows?
    var owners: NewestRows?
    /// A row is staged here before it is offered.
    var staged: [Cell] = []
    /// The row of the message at hand in each of the `newest` tables, -1 where it gives none, or several.
    private var rowNumbers: [Int]
    /// For each of the `newest` tables, and for the categories.
    private var hints: [ListHints]
    private var categoryHints = ListHints()

    /// How many messages were added, repetitions included.
    public internal(set) var messages: Int64 = 0

    /// A delta of no messages.
    public init(plan stream: StreamPlan) {
        plan = FoldPlan(stream)
        reader = MessageReader(plan.layout)
        newest = plan.newest.map { NewestRows(width: $0.width, key: $0.key) }
        rowNumbers = Array(repeating: -1, count: plan.newest.count)
        hints = Array(repeating: ListHints(), count: plan.newest.count)
        children = plan.children.map { ChildRows(width: $0.table.width, key: $0.table.key) }
        revisions = plan.history.map { RevisionRows(width: $0.revisions.width) }
        owners = plan.history?.owner.map { NewestRows(width: $0.width, key: $0.key) }
    }

    /// The stream whose messages these are.
    public var stream: StreamPlan { plan.stream }

    /// Adds a message; after an error nothing of it was.
    public mutating func add(_ event: JSONElement) throws(MappingError) {
        try reader.read(event)
        try checkRequirements()
        try checkKeys()
        guard case .integer(let time) = reader.values[plan.time] else { throw .missing(path: "\(plan.stream.time)") }
        for index in plan.newest.indices { offerNewest(index, time) }
        if let history = plan.history { offerRevision(history, time) }
        messages += 1
    }

    /// Gives back the memory that only serves to add messages quickly.
    public mutating func trim() {
        for index in hints.indices { hints[index] = ListHints() }
        categoryHints = ListHints()
    }

    private func checkRequirements() throws(MappingError) {
        for requirement in plan.requirements {
            if requirement.presence >= 0, !reader.isPresent[requirement.presence] { continue }
            if requirement.source < 0 {
                let width = plan.layout.lists[requirement.list].slots.count
                let cells = reader.lists[requirement.list]
                var position = ~requirement.source
                while position < cells.count {
                    if cells[position].isNull { throw missing(requirement) }
                    position += width
                }
            } else if reader.values[requirement.source].isNull {
                if requirement.list >= 0, reader.lists[requirement.list].isEmpty { continue }
                throw missing(requirement)
            }
        }
    }

    private func missing(_ requirement: FoldPlan.Requirement) -> MappingError {
        guard requirement.source < 0 else { return .missing(path: "\(plan.layout.slots[requirement.source].path)") }
        let list = plan.layout.lists[requirement.list]
        return .missing(path: "\(list.path) \(list.slots[~requirement.source].path)")
    }

    /// Stages a table's row, of the list's element where it has one.
    private mutating func stage(_ table: FoldPlan.Table, element: Int = 0) {
        let base = table.list < 0 ? 0 : element * plan.layout.lists[table.list].slots.count
        for source in table.sources {
            staged.append(source < 0 ? reader.lists[table.list][base + ~source] : reader.values[source])
        }
    }

    private mutating func offerNewest(_ index: Int, _ time: Int64) {
        let table = plan.newest[index]
        rowNumbers[index] = -1
        if table.presence >= 0, !reader.isPresent[table.presence] { return }
        if table.list >= 0 { return offerElements(index, table, time) }
        staged.removeAll(keepingCapacity: true)
        stage(table)
        let outcome = newest[index].offer(staged, time: time, from: reader.texts, into: &texts)
        rowNumbers[index] = outcome.row
        for child in table.children { offerChildren(child, outcome) }
    }

    /// Offers a row for each element of the table's list; rows of elements own no others.
    private mutating func offerElements(_ index: Int, _ table: FoldPlan.Table, _ time: Int64) {
        let count = reader.elementCount(table.list)
        let owner = plan.listOwners[table.list].map { rowNumbers[$0] } ?? -1
        for element in 0..<count {
            staged.removeAll(keepingCapacity: true)
            stage(table, element: element)
            if owner >= 0, let number = hints[index].row(of: element, in: owner, count: count),
                newest[index].confirm(number, staged, at: 0, time: time, from: reader.texts, texts)
            {
                continue
            }
            let outcome = newest[index].offer(staged, time: time, from: reader.texts, into: &texts)
            if owner >= 0 { hints[index].note(outcome.row, of: element, in: owner, count: count) }
        }
    }

    private mutating func offerChildren(_ index: Int, _ outcome: NewestRows.Outcome) {
        if case .older = outcome { return }
        let table = plan.children[index].table
        staged.removeAll(keepingCapacity: true)
        for element in 0..<reader.elementCount(table.list) { stage(table, element: element) }
        let rows = children[index].withoutLesser(staged, reader.texts)
        switch outcome {
        case .inserted(let row), .replaced(let row):
            children[index].set(row, rows, from: reader.texts, into: &texts)
        case .equal(let row):
            children[index].raise(row, rows, from: reader.texts, into: &texts)
        case .older: break
        }
    }

    private mutating func offerRevision(_ history: FoldPlan.History, _ time: Int64) {
        if let owner = history.owner {
            staged.removeAll(keepingCapacity: true)
            stage(owner)
            _ = owners?.offer(staged, time: time, from: reader.texts, into: &texts)
        }
        staged.removeAll(keepingCapacity: true)
        stage(history.revisions)
        guard revisions?.insert(staged, from: reader.texts, into: &texts) == true else { return }
        staged.removeAll(keepingCapacity: true)
        staged.append(plan.split.map { reader.values[$0.value] } ?? .null)
        staged.append(plan.regions.map { reader.values[$0.value] } ?? .null)
        if let measure = plan.categories { stageCategories(measure) }
        let list = plan.categories?.list ?? -1
        let owner = list < 0 ? -1 : plan.listOwners[list].map { rowNumbers[$0] } ?? -1
        revisions?.count(staged, time: time, from: reader.texts, into: &texts, &categoryHints, of: owner)
    }

    /// Stages (value, label) of each category of the message that has a value.
    private mutating func stageCategories(_ measure: FoldPlan.Measure) {
        let width = measure.list < 0 ? 1 : plan.layout.lists[measure.list].slots.count
        for element in 0..<(measure.list < 0 ? 1 : reader.elementCount(measure.list)) {
            let value = cell(measure.value, measure.list, element * width)
            if value.isNull { continue }
            staged.append(value)
            staged.append(measure.label.map { cell($0, measure.list, element * width) } ?? .null)
        }
    }

    private func cell(_ source: Int, _ list: Int, _ base: Int) -> Cell {
        source < 0 ? reader.lists[list][base + ~source] : reader.values[source]
    }
}
