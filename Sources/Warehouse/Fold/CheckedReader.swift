import JSON

/// Reads messages, holds each against what its stream's file requires, and knows again what they bring repeatedly.
struct CheckedReader: Sendable {
    let plan: FoldPlan
    var message: MessageReader
    private(set) var combinations: [KnownCombinations]
    private let memory: ObjectMemory?
    /// The objects of a combination are gathered here.
    private var combined: [Int32] = []

    /// - Parameter memory: how many objects are known again; nil for none.
    init(_ plan: FoldPlan, memory: ObjectMemory?) {
        (self.plan, self.memory) = (plan, memory)
        message = MessageReader(plan, memory: memory)
        combinations = plan.combinations.map { KnownCombinations(width: $0.parts.count) }
    }

    /// The bytes of memory that what is known takes.
    var byteCount: Int {
        message.parts.reduce(0) { $0 + $1.objects.byteCount } + combinations.reduce(0) { $0 + $1.byteCount }
    }

    /// Reads a message; returns its time. After an error nothing of it counts.
    mutating func read(_ event: JSONElement) throws(MappingError) -> Int64 {
        try message.read(event)
        try check(plan.requirements)
        try check(plan.textKeys)
        for index in plan.parts.indices where !isKnown(part: index) {
            try check(plan.parts[index].requirements)
            try check(plan.parts[index].textKeys)
        }
        guard case .integer(let time) = message.values[plan.time] else { throw .missing(path: "\(plan.stream.time)") }
        for index in message.parts.indices { message.keep(part: index) }
        return time
    }

    /// What is known of a combination of objects that a message has brought.
    enum Combined {
        /// A message has brought it before.
        case known
        /// It is known from now on.
        case new
        /// It will not be known again.
        case unkept
    }

    /// Notes the objects of a combination that the message has brought.
    mutating func note(combination index: Int, time: Int64) -> Combined {
        guard memory != nil else { return .unkept }
        combined.removeAll(keepingCapacity: true)
        var isThere = false
        for part in plan.combinations[index].parts {
            switch message.parts[part].state {
            case .known(let number):
                combined.append(Int32(number))
                isThere = true
            case .absent: combined.append(KnownCombinations.absent)
            case .unkept, .new: return .unkept
            }
        }
        guard isThere else { return .unkept }
        return combinations[index].note(combined, time: time) ? .new : .known
    }

    /// Has all of a combination's objects read.
    mutating func makeWhole(combination index: Int) {
        guard memory != nil else { return }
        for part in plan.combinations[index].parts { message.makeWhole(part: part) }
    }

    /// Takes what the tables of a combination read of its objects, as if a message had brought them.
    mutating func restore(_ number: Int, combination index: Int) {
        message.texts.removeAll()
        let width = combinations[index].width
        for (position, use) in plan.combinations[index].uses.enumerated() {
            let object = combinations[index].objects[number * width + position]
            if object == KnownCombinations.absent {
                message.clear(part: use.part)
            } else {
                message.restore(Int(object), part: use.part, slots: use.slots, lists: use.lists)
            }
        }
    }

    /// Forgets all objects, and keeps the room for others.
    mutating func removeAll() {
        for index in message.parts.indices { message.parts[index].objects.removeAll() }
        for index in combinations.indices { combinations[index].removeAll() }
    }

    private func isKnown(part: Int) -> Bool {
        guard memory != nil, case .known = message.parts[part].state else { return false }
        return true
    }
}
