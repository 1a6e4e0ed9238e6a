import JSON

/// Reads the values of one message at a time, walking each of its objects once. Keeps its memory between messages.
struct MessageReader: Sendable {
    let layout: MessageLayout
    /// Where the texts of this message lie.
    var texts = TextStore()
    /// A cell each slot of the message.
    var values: [Cell]
    /// The cells of each list's elements, element after element, as many as the list has slots.
    var lists: [[Cell]]
    /// Whether the value of each presence is there and not empty.
    var isPresent: [Bool]
    /// What the message has at each of the plan's parts.
    var parts: [PartReading]

    /// The visit in which each entry was last seen: a name that comes twice in one object counts the last time.
    private var seen: [UInt64]
    private var visit: UInt64 = 0
    private var fault: MappingError?

    /// - Parameter memory: how many objects that came before are known again; nil for none.
    init(_ plan: FoldPlan, memory: ObjectMemory?) {
        layout = plan.layout
        parts = memory.map { memory in plan.parts.map { PartReading($0, memory) } } ?? []
        values = Array(repeating: .null, count: layout.slots.count)
        lists = Array(repeating: [], count: layout.lists.count)
        isPresent = Array(repeating: false, count: layout.presences.count)
        seen = Array(repeating: 0, count: layout.entries.count)
    }

    /// The elements of a list.
    func elementCount(_ list: Int) -> Int {
        lists[list].count / layout.lists[list].slots.count
    }

    /// What a source of a plan means: a slot of the message, or `~slot` of an element of the list.
    @inline(__always)
    func cell(_ source: Int, list: Int, element: Int) -> Cell {
        source < 0 ? lists[list][element * layout.lists[list].slots.count + ~source] : values[source]
    }

    /// Reads a message. After an error nothing that was read counts.
    mutating func read(_ message: JSONElement) throws(MappingError) {
        guard message.kind == .object else { throw .notAnObject }
        texts.removeAll()
        for index in values.indices { values[index] = .null }
        for index in lists.indices { lists[index].removeAll(keepingCapacity: true) }
        for index in isPresent.indices { isPresent[index] = false }
        for index in parts.indices { parts[index].reset() }
        fault = nil
        visit += 1
        walk(message, node: 0, list: -1, base: 0, visit: visit)
        if let fault { throw fault }
    }

    /// Reads an object's members: into `values`, or into the element of `list` whose cells begin at `base`.
    private mutating func walk(_ object: JSONElement, node: Int, list: Int, base: Int, visit: UInt64) {
        let range = layout.nodes[node]
        var next = range.lowerBound
        var members = object.members
        while let (name, value) = members.next() {
            guard let index = layout.find(name, in: range, from: next) else { continue }
            next = index + 1
            let entry = layout.entries[index]
            if seen[index] == visit { forget(entry, list: list, base: base) }
            seen[index] = visit
            for position in entry.slots {
                let slot = layout.entrySlots[position]
                if list < 0 {
                    values[slot] = cell(value, layout.slots[slot].kind, slot, list)
                } else {
                    lists[list][base + slot] = cell(value, layout.lists[list].slots[slot].kind, slot, list)
                }
            }
            if entry.presence >= 0 { isPresent[entry.presence] = !value.isNothing }
            if entry.node >= 0 {
                if value.kind == .object {
                    let isKnown = entry.part >= 0 && !parts.isEmpty && recall(value, part: entry.part)
                    if !isKnown { walk(value, node: entry.node, list: list, base: base, visit: visit) }
                } else if !value.isNothing {
                    note(name, wanted: "an object")
                }
            }
            if entry.list >= 0 { readElements(of: value, list: entry.list, name) }
        }
    }

    private mutating func readElements(of value: JSONElement, list: Int, _ name: UnsafeBufferPointer<UInt8>) {
        if value.isNothing { return }
        let isMap = layout.lists[list].isMap
        switch value.kind {
        case .object:
            value.forEachMember { key, element in read(element, named: key, list: list) }
            if isMap { removeRepeatedNames(list) }
        case .array where !isMap: value.forEachElement { read($0, named: nil, list: list) }
        default: note(name, wanted: isMap ? "an object" : "an array")
        }
    }

    private mutating func read(_ element: JSONElement, named name: UnsafeBufferPointer<UInt8>?, list: Int) {
        let base = lists[list].count
        let node = layout.lists[list].node
        for _ in 0..<layout.lists[list].slots.count { lists[list].append(.null) }
        if let name {
            for slot in layout.lists[list].names { lists[list][base + slot] = .text(texts.append(name)) }
        }
        for slot in layout.lists[list].wholes {
            lists[list][base + slot] = cell(element, layout.lists[list].slots[slot].kind, slot, list)
        }
        guard node >= 0 else { return }
        guard element.kind == .object else {
            if fault == nil { fault = .wrongKind(path: "\(layout.lists[list].path)", wanted: "made of objects") }
            return
        }
        visit += 1
        walk(element, node: node, list: list, base: base, visit: visit)
    }

    /// Of the elements of a map whose name is the same the last one counts.
    private mutating func removeRepeatedNames(_ list: Int) {
        let width = layout.lists[list].slots.count
        guard lists[list].count > width, let name = layout.lists[list].names.first else { return }
        let cells = lists[list]
        let order = (0..<cells.count / width).sorted { left, right in
            let order = CellOrder.compare(cells[left * width + name], texts, cells[right * width + name], texts)
            return (order, left) < (0, right)
        }
        let repeated = zip(order, order.dropFirst()).filter { left, right in
            CellOrder.compare(cells[left * width + name], texts, cells[right * width + name], texts) == 0
        }
        for row in repeated.map(\.0).sorted(by: >) {
            lists[list].removeSubrange(row * width..<(row + 1) * width)
        }
    }

    /// Takes back what an earlier member of the same name gave.
    private mutating func forget(_ entry: MessageLayout.Entry, list: Int, base: Int) {
        for position in entry.slots {
            let slot = layout.entrySlots[position]
            if list < 0 { values[slot] = .null } else { lists[list][base + slot] = .null }
        }
        if entry.presence >= 0 { isPresent[entry.presence] = false }
        if entry.part >= 0, !parts.isEmpty { parts[entry.part].reset() }
        if entry.list >= 0 { lists[entry.list].removeAll(keepingCapacity: true) }
        guard entry.node >= 0 else { return }
        for index in layout.nodes[entry.node] {
            seen[index] = 0
            forget(layout.entries[index], list: list, base: base)
        }
    }

    private mutating func note(_ name: UnsafeBufferPointer<UInt8>, wanted: String) {
        if fault == nil { fault = .wrongKind(path: String(decoding: name, as: UTF8.self), wanted: wanted) }
    }
}

extension MessageReader {
    /// The value as a slot reads it; a fault where it is of another kind.
    @inline(__always)
    private mutating func cell(_ value: JSONElement, _ kind: MessageLayout.Kind, _ slot: Int, _ list: Int) -> Cell {
        switch (kind, value.content) {
        case (_, .null): return .null
        case (.column(.text), .string(let text)), (.measure, .string(let text)): return .text(texts.append(text))
        case (.column(.integer), .integer(let integer)), (.measure, .integer(let integer)): return .integer(integer)
        case (.column(.coordinate), .number(let number)): return .real(Coordinate.rounded(number))
        case (.column(.coordinate), .integer(let integer)): return .real(Coordinate.rounded(Double(integer)))
        case (.column(.real), .number(let number)), (.measure, .number(let number)): return .real(number + 0)
        case (.column(.real), .integer(let integer)): return .real(Double(integer))
        case (.column(.integer), .number): return value.integer.map { .integer($0) } ?? null(slot, list)
        case (.column(.boolean), .boolean(let isTrue)): return .integer(isTrue ? 1 : 0)
        case (.measure, .boolean(let isTrue)): return text(isTrue ? "true" : "false")
        case (.measure, .array), (.measure, .object): return .null
        case (.column, _): return null(slot, list)
        }
    }

    private mutating func text(_ word: StaticString) -> Cell {
        word.withUTF8Buffer { .text(texts.append($0)) }
    }

    /// Notes that a slot's value is of another kind.
    private mutating func null(_ slot: Int, _ list: Int) -> Cell {
        guard fault == nil else { return .null }
        let slot = list < 0 ? layout.slots[slot] : layout.lists[list].slots[slot]
        guard case .column(let type) = slot.kind else { return .null }
        let wanted =
            switch type {
            case .integer: "an integer"
            case .text: "a text"
            case .coordinate, .real: "a number"
            case .boolean: "true or false"
            }
        fault = .wrongKind(path: slot.path.description, wanted: wanted)
        return .null
    }
}

extension JSONElement {
    /// Whether the value says nothing: null, false, zero, an empty text, array or object.
    fileprivate var isNothing: Bool {
        switch kind {
        case .null: true
        case .boolean: boolean == false
        case .integer, .number: number == 0
        case .string: withUTF8 { $0.isEmpty } ?? true
        case .array, .object: isEmpty
        }
    }
}
