import JSON

/// What a message has at a part of the plan, and the objects that came before.
struct PartReading: Sendable {
    enum State: Equatable, Sendable {
        /// No object, or none that is looked for.
        case absent
        /// An object that is read for the first time.
        case new(ObjectFingerprint)
        /// The known object of that number; its lists are not read.
        case known(Int)
    }

    let part: FoldPlan.Part
    var objects = KnownObjects()
    var state = State.absent

    init(_ part: FoldPlan.Part) {
        self.part = part
    }

    /// Looks for an object among the known ones.
    mutating func find(_ object: JSONElement) {
        guard objects.isUseful, let fingerprint = ObjectFingerprint(object) else { return state = .absent }
        state = objects.find(fingerprint).map { .known($0) } ?? .new(fingerprint)
    }
}

extension MessageReader {
    /// Takes what others read of an object from the same one in an earlier message; false where there was none.
    mutating func recall(_ object: JSONElement, part index: Int) -> Bool {
        parts[index].find(object)
        guard case .known(let number) = parts[index].state else { return false }
        restore(parts[index].part.sharedSlots, of: parts[index].objects.objects[number], part: index)
        return true
    }

    /// Takes all of a known object, its lists too, as if it had been read.
    mutating func restore(_ number: Int, part index: Int) {
        let part = parts[index].part
        let known = parts[index].objects.objects[number]
        restore(part.slots.indices, of: known, part: index)
        var start = part.slots.count
        for (list, end) in zip(part.lists, known.listEnds) {
            lists[list].removeAll(keepingCapacity: true)
            for position in start..<end {
                let cell = parts[index].objects.cells[known.cells.lowerBound + position]
                lists[list].append(texts.adopt(cell, from: parts[index].objects.texts))
            }
            start = end
        }
    }

    /// Keeps a new object as it was read.
    mutating func keep(
        _ fingerprint: ObjectFingerprint, part index: Int, time: Int64, categories: Range<Int>?
    ) {
        let part = parts[index].part
        var cells = part.slots.map { values[$0] }
        var listEnds: [Int] = []
        for list in part.lists {
            cells += lists[list]
            listEnds.append(cells.count)
        }
        parts[index].objects.add(
            fingerprint, cells: cells, listEnds: listEnds, isPresent: part.presences.map { isPresent[$0] }, time: time,
            categories: categories, from: texts)
    }

    /// Takes what a known object has at those positions of its part's slots, and what of it is there.
    private mutating func restore(_ positions: some Sequence<Int>, of known: KnownObjects.Object, part index: Int) {
        let part = parts[index].part
        for position in positions {
            let cell = parts[index].objects.cells[known.cells.lowerBound + position]
            values[part.slots[position]] = texts.adopt(cell, from: parts[index].objects.texts)
        }
        for (presence, isThere) in zip(part.presences, known.isPresent) { isPresent[presence] = isThere }
    }
}
