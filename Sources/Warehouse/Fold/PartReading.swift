import JSON

/// What a message has at a part of the plan, and the objects that came before.
struct PartReading: Sendable {
    enum State: Equatable, Sendable {
        /// No object.
        case absent
        /// An object that is not kept.
        case unkept
        /// An object that is read for the first time.
        case new(ObjectFingerprint)
        /// The known object of that number.
        case known(Int)
    }

    let part: FoldPlan.Part
    var objects: KnownObjects
    var state = State.absent
    /// Whether all of the object is among what was read: of a known one at first only what is read of every message.
    var isWhole = true

    init(_ part: FoldPlan.Part, _ memory: ObjectMemory) {
        self.part = part
        objects = KnownObjects(part, memory)
    }

    mutating func reset() {
        (state, isWhole) = (.absent, true)
    }

    /// Looks for an object among the known ones; its number, where it is one.
    mutating func find(_ object: JSONElement) -> Int? {
        isWhole = true
        guard objects.isUseful, let fingerprint = ObjectFingerprint(object) else {
            state = .unkept
            return nil
        }
        guard let number = objects.find(fingerprint) else {
            state = .new(fingerprint)
            return nil
        }
        (state, isWhole) = (.known(number), false)
        return number
    }
}

extension MessageReader {
    /// Takes what is read of every message from the same object in an earlier one; false where there was none.
    mutating func recall(_ object: JSONElement, part index: Int) -> Bool {
        guard let number = parts[index].find(object) else { return false }
        restore(number, part: index, slots: parts[index].part.sharedSlots, lists: [])
        return true
    }

    /// Takes all of a known object, as if it had been read.
    mutating func makeWhole(part index: Int) {
        guard !parts[index].isWhole, case .known(let number) = parts[index].state else { return }
        restore(number, part: index)
        parts[index].isWhole = true
    }

    /// Takes all of that object, as if it had been read.
    mutating func restore(_ number: Int, part index: Int) {
        let part = parts[index].part
        restore(number, part: index, slots: part.slots.indices, lists: part.lists.indices)
    }

    /// Takes what a known object has at those positions of its part's slots and lists, and what of it is there.
    mutating func restore(
        _ number: Int, part index: Int, slots: some Sequence<Int>, lists wanted: some Sequence<Int>
    ) {
        let part = parts[index].part
        let start = parts[index].objects.start(of: number)
        for position in slots {
            let cell = parts[index].objects.cells[start + position]
            values[part.slots[position]] = texts.adopt(cell, from: parts[index].objects.texts)
        }
        for position in wanted {
            let list = part.lists[position]
            lists[list].removeAll(keepingCapacity: true)
            for place in parts[index].objects.elements(of: number, list: position) {
                lists[list].append(texts.adopt(parts[index].objects.cells[place], from: parts[index].objects.texts))
            }
        }
        for position in part.presences.indices {
            isPresent[part.presences[position]] = parts[index].objects.isPresent(number, position)
        }
    }

    /// Keeps a new object as it was read.
    mutating func keep(part index: Int) {
        guard case .new(let fingerprint) = parts[index].state else { return }
        let number = parts[index].objects.add(fingerprint, values, lists, isPresent, from: texts)
        parts[index].state = number.map { .known($0) } ?? .unkept
    }

    /// Empties what a part reads.
    mutating func clear(part index: Int) {
        let part = parts[index].part
        for slot in part.slots { values[slot] = .null }
        for list in part.lists { lists[list].removeAll(keepingCapacity: true) }
        for presence in part.presences { isPresent[presence] = false }
    }
}
