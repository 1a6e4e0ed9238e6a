import JSON
import StreamDefinition

/// Makes a delta of messages, added one by one.
public struct DeltaBuilder: Sendable {
    let plan: FoldPlan
    private var reader: CheckedReader
    private var delta: MergeDelta
    /// A row is staged here before it is offered.
    private var staged: [Cell] = []
    /// Of the part that has the categories, by the number of its object: which they are, once a message's revision was
    /// counted under them, and the greatest time of such messages, where it has grown.
    private var categories: [(known: Range<Int>, laterTime: Int64?)?] = []

    /// A builder of a delta that has no messages yet.
    ///
    /// - Parameter knowsObjects: whether objects that messages bring are looked for among those that came before. It pays
    ///   where there are several messages for each of them, as there are in many batches, but not in one.
    public init(plan stream: StreamPlan, knowsObjects: Bool = false) {
        delta = MergeDelta(plan: stream)
        plan = delta.plan
        reader = CheckedReader(plan, memory: knowsObjects ? .short : nil)
    }

    /// How many messages were added, repetitions included.
    public var messages: Int64 { delta.messages }

    /// Adds a message; after an error nothing of it was.
    public mutating func add(_ event: JSONElement) throws(MappingError) {
        let time = try reader.read(event)
        for index in plan.combinations.indices where reader.note(combination: index, time: time) != .known {
            reader.makeWhole(combination: index)
            for table in plan.combinations[index].tables { offerNewest(table, time) }
        }
        for table in plan.otherNewest { offerNewest(table, time) }
        if let history = plan.history { offerRevision(history, time) }
        delta.messages += 1
    }

    /// The delta of all messages that were added; the builder has none afterwards.
    public mutating func finish() -> MergeDelta {
        for index in plan.combinations.indices { offerLater(combination: index) }
        confirmCategories()
        let finished = delta
        delta = MergeDelta(plan)
        reader.removeAll()
        categories.removeAll()
        return finished
    }

    /// Offers the rows of known combinations with the greatest time of the messages that brought each.
    private mutating func offerLater(combination index: Int) {
        let known = reader.combinations[index]
        for number in 0..<known.count where known.isLater[number] {
            reader.restore(number, combination: index)
            for table in plan.combinations[index].tables { offerNewest(table, known.times[number]) }
        }
    }

    /// Offers categories with the greatest time of the messages that were counted under them.
    private mutating func confirmCategories() {
        guard let part = plan.categoryPart, let measure = plan.categories else { return }
        for (number, categories) in categories.enumerated() {
            guard let time = categories?.laterTime else { continue }
            reader.message.texts.removeAll()
            reader.message.restore(number, part: part)
            staged.removeAll(keepingCapacity: true)
            stageCategories(measure)
            delta.revisions?.confirm(categories: staged, time: time, from: reader.message.texts, into: &delta.texts)
        }
    }

    /// Stages a table's row, of the list's element where it has one.
    private mutating func stage(_ table: FoldPlan.Table, element: Int = 0) {
        for source in table.sources {
            staged.append(reader.message.cell(source, list: table.list, element: element))
        }
    }

    private mutating func offerNewest(_ index: Int, _ time: Int64) {
        let table = plan.newest[index]
        if table.presence >= 0, !reader.message.isPresent[table.presence] { return }
        if table.list >= 0 { return offerElements(index, table, time) }
        staged.removeAll(keepingCapacity: true)
        stage(table)
        let outcome = delta.newest[index].offer(staged, time: time, from: reader.message.texts, into: &delta.texts)
        for child in table.children { offerChildren(child, outcome) }
    }

    /// Offers a row for each element of the table's list; rows of elements own no others.
    private mutating func offerElements(_ index: Int, _ table: FoldPlan.Table, _ time: Int64) {
        for element in 0..<reader.message.elementCount(table.list) {
            staged.removeAll(keepingCapacity: true)
            stage(table, element: element)
            _ = delta.newest[index].offer(staged, time: time, from: reader.message.texts, into: &delta.texts)
        }
    }

    private mutating func offerChildren(_ index: Int, _ outcome: NewestRows.Outcome) {
        if case .older = outcome { return }
        let table = plan.children[index].table
        staged.removeAll(keepingCapacity: true)
        for element in 0..<reader.message.elementCount(table.list) { stage(table, element: element) }
        let rows = delta.children[index].withoutLesser(staged, reader.message.texts)
        switch outcome {
        case .inserted(let row), .replaced(let row):
            delta.children[index].set(row, rows, from: reader.message.texts, into: &delta.texts)
        case .equal(let row):
            delta.children[index].raise(row, rows, from: reader.message.texts, into: &delta.texts)
        case .older: break
        }
    }

    /// Offers the message's revision; where it is a new one, says under which categories it is counted.
    private mutating func offerRevision(_ history: FoldPlan.History, _ time: Int64) {
        if let owner = history.owner {
            staged.removeAll(keepingCapacity: true)
            stage(owner)
            _ = delta.owners?.offer(staged, time: time, from: reader.message.texts, into: &delta.texts)
        }
        staged.removeAll(keepingCapacity: true)
        stage(history.revisions)
        guard delta.revisions?.insert(staged, from: reader.message.texts, into: &delta.texts) == true else { return }
        staged.removeAll(keepingCapacity: true)
        staged.append(plan.split.map { reader.message.values[$0.value] } ?? .null)
        staged.append(plan.regions.map { reader.message.values[$0.value] } ?? .null)
        let object = knownCategoryObject()
        let known = object.flatMap { categories[$0]?.known }
        if known == nil, let measure = plan.categories { stageCategories(measure) }
        let counted = delta.revisions?.count(
            staged, known: known, time: time, from: reader.message.texts, into: &delta.texts)
        if let object, let counted { note(counted, of: object, time) }
    }

    /// The number of the known object that has the message's categories; all of it is read, where they were never counted.
    private mutating func knownCategoryObject() -> Int? {
        guard let part = plan.categoryPart, !reader.message.parts.isEmpty,
            case .known(let number) = reader.message.parts[part].state
        else { return nil }
        while categories.count <= number { categories.append(nil) }
        if categories[number] == nil { reader.message.makeWhole(part: part) }
        return number
    }

    private mutating func note(_ counted: Range<Int>, of object: Int, _ time: Int64) {
        guard let known = categories[object] else { return categories[object] = (counted, nil) }
        categories[object] = (known.known, max(time, known.laterTime ?? .min))
    }

    /// Stages (value, label) of each category of the message that has a value.
    private mutating func stageCategories(_ measure: FoldPlan.Measure) {
        for element in 0..<(measure.list < 0 ? 1 : reader.message.elementCount(measure.list)) {
            let value = reader.message.cell(measure.value, list: measure.list, element: element)
            if value.isNull { continue }
            staged.append(value)
            let label = measure.label.map { reader.message.cell($0, list: measure.list, element: element) }
            staged.append(label ?? .null)
        }
    }
}
