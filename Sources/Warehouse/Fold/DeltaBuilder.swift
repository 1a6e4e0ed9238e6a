import JSON
import StreamDefinition

/// Makes a delta of messages, added one by one.
public struct DeltaBuilder: Sendable {
    let plan: FoldPlan
    var reader: MessageReader
    private var delta: MergeDelta
    /// A row is staged here before it is offered.
    private var staged: [Cell] = []
    private let knowsObjects: Bool

    /// A builder of a delta that has no messages yet.
    ///
    /// - Parameter knowsObjects: whether objects that messages bring are looked for among those that came before. It pays
    ///   where there are several messages for each of them, as there are in many batches, but not in one.
    public init(plan stream: StreamPlan, knowsObjects: Bool = false) {
        delta = MergeDelta(plan: stream)
        plan = delta.plan
        self.knowsObjects = knowsObjects
        reader = MessageReader(plan, knowsObjects: knowsObjects)
    }

    /// How many messages were added, repetitions included.
    public var messages: Int64 { delta.messages }

    /// Adds a message; after an error nothing of it was.
    public mutating func add(_ event: JSONElement) throws(MappingError) {
        try reader.read(event)
        try check(plan.requirements)
        try check(plan.textKeys)
        for index in plan.parts.indices where !isKnown(part: index) {
            try check(plan.parts[index].requirements)
            try check(plan.parts[index].textKeys)
        }
        guard case .integer(let time) = reader.values[plan.time] else { throw .missing(path: "\(plan.stream.time)") }
        for index in plan.newest.indices where !isKnown(part: plan.partOfNewest[index]) { offerNewest(index, time) }
        let categories = plan.history.flatMap { offerRevision($0, time) }
        for index in reader.parts.indices { note(part: index, time, categories) }
        delta.messages += 1
    }

    /// The delta of all messages that were added; the builder has none afterwards.
    public mutating func finish() -> MergeDelta {
        for part in reader.parts.indices { offerKnown(part) }
        let finished = delta
        delta = MergeDelta(plan)
        reader = MessageReader(plan, knowsObjects: knowsObjects)
        return finished
    }

    private func isKnown(part: Int) -> Bool {
        guard knowsObjects, part >= 0, case .known = reader.parts[part].state else { return false }
        return true
    }

    /// Notes the object at a part: a new one as it was read, a known one's time.
    private mutating func note(part index: Int, _ time: Int64, _ categories: Range<Int>?) {
        let own = plan.parts[index].hasCategories ? categories : nil
        switch reader.parts[index].state {
        case .absent: break
        case .new(let fingerprint): reader.keep(fingerprint, part: index, time: time, categories: own)
        case .known(let number):
            reader.parts[index].objects.note(number, time: time)
            if let own { reader.parts[index].objects.note(number, categories: own, time: time) }
        }
    }

    /// Offers the rows of known objects with the greatest time of the messages that brought each.
    private mutating func offerKnown(_ index: Int) {
        let part = plan.parts[index]
        for (number, object) in reader.parts[index].objects.objects.enumerated() {
            if object.isOffered, object.categoryTime == nil { continue }
            reader.texts.removeAll()
            reader.restore(number, part: index)
            if !object.isOffered {
                for table in part.tables { offerNewest(table, object.time) }
            }
            if let time = object.categoryTime, let measure = plan.categories {
                staged.removeAll(keepingCapacity: true)
                stageCategories(measure)
                delta.revisions?.confirm(categories: staged, time: time, from: reader.texts, into: &delta.texts)
            }
        }
    }

    private func check(_ requirements: [FoldPlan.Requirement]) throws(MappingError) {
        for requirement in requirements {
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
        if table.presence >= 0, !reader.isPresent[table.presence] { return }
        if table.list >= 0 { return offerElements(index, table, time) }
        staged.removeAll(keepingCapacity: true)
        stage(table)
        let outcome = delta.newest[index].offer(staged, time: time, from: reader.texts, into: &delta.texts)
        for child in table.children { offerChildren(child, outcome) }
    }

    /// Offers a row for each element of the table's list; rows of elements own no others.
    private mutating func offerElements(_ index: Int, _ table: FoldPlan.Table, _ time: Int64) {
        for element in 0..<reader.elementCount(table.list) {
            staged.removeAll(keepingCapacity: true)
            stage(table, element: element)
            _ = delta.newest[index].offer(staged, time: time, from: reader.texts, into: &delta.texts)
        }
    }

    private mutating func offerChildren(_ index: Int, _ outcome: NewestRows.Outcome) {
        if case .older = outcome { return }
        let table = plan.children[index].table
        staged.removeAll(keepingCapacity: true)
        for element in 0..<reader.elementCount(table.list) { stage(table, element: element) }
        let rows = delta.children[index].withoutLesser(staged, reader.texts)
        switch outcome {
        case .inserted(let row), .replaced(let row):
            delta.children[index].set(row, rows, from: reader.texts, into: &delta.texts)
        case .equal(let row):
            delta.children[index].raise(row, rows, from: reader.texts, into: &delta.texts)
        case .older: break
        }
    }

    /// Offers the message's revision; where it is a new one, says under which categories it is counted.
    private mutating func offerRevision(_ history: FoldPlan.History, _ time: Int64) -> Range<Int>? {
        if let owner = history.owner {
            staged.removeAll(keepingCapacity: true)
            stage(owner)
            _ = delta.owners?.offer(staged, time: time, from: reader.texts, into: &delta.texts)
        }
        staged.removeAll(keepingCapacity: true)
        stage(history.revisions)
        guard delta.revisions?.insert(staged, from: reader.texts, into: &delta.texts) == true else { return nil }
        staged.removeAll(keepingCapacity: true)
        staged.append(plan.split.map { reader.values[$0.value] } ?? .null)
        staged.append(plan.regions.map { reader.values[$0.value] } ?? .null)
        let known = knownCategories()
        if known == nil, let measure = plan.categories { stageCategories(measure) }
        return delta.revisions?.count(staged, known: known, time: time, from: reader.texts, into: &delta.texts)
    }

    /// The categories of a known object that were counted before; those of one that were not are there to be staged.
    private mutating func knownCategories() -> Range<Int>? {
        for index in reader.parts.indices where plan.parts[index].hasCategories {
            guard case .known(let number) = reader.parts[index].state else { continue }
            if let known = reader.parts[index].objects.objects[number].categories { return known }
            reader.restore(number, part: index)
        }
        return nil
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
