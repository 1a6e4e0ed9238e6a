import JSON

/// The objects of one name that messages have brought, such as a group with its topics, and what each was read as.
///
/// Most messages bring an object that others bring too, word by word. It is read once.
struct KnownObjects: Sendable {
    /// What is kept of each object: its slots, its lists, and which of its parts are there.
    private let part: FoldPlan.Part
    private let memory: ObjectMemory

    private(set) var fingerprints: [ObjectFingerprint] = []
    /// The cells of all objects: each one's slots, then the elements of each of its lists.
    private(set) var cells: [Cell] = []
    private(set) var texts = TextStore()
    /// Where the cells of each object end.
    private var cellEnds: [Int] = []
    /// Where the cells of each of an object's lists end, counted from its first cell.
    private var listEnds: [Int32] = []
    private var isPresent: [Bool] = []
    private var index = RowIndex()
    private var (searches, hits) = (0, 0)

    init(_ part: FoldPlan.Part, _ memory: ObjectMemory) {
        (self.part, self.memory) = (part, memory)
    }

    var count: Int { fingerprints.count }

    /// Whether it pays to look for objects.
    var isUseful: Bool { memory.trial.map { searches < $0 || hits * 2 >= searches } ?? true }

    /// The bytes of memory that this takes.
    var byteCount: Int {
        cells.count * MemoryLayout<Cell>.stride + texts.bytes.count
            + count * (MemoryLayout<ObjectFingerprint>.stride + MemoryLayout<Int>.stride + RowIndex.bytesPerRow)
            + listEnds.count * MemoryLayout<Int32>.stride + isPresent.count
    }

    /// The number of the object of that fingerprint.
    mutating func find(_ fingerprint: ObjectFingerprint) -> Int? {
        searches += 1
        let number = index.find(fingerprint.hash) { fingerprints[$0] == fingerprint }
        if number != nil { hits += 1 }
        return number
    }

    /// Keeps an object as it was read: what the message's slots, lists and presences hold, and their texts; nil where there
    /// are too many.
    mutating func add(
        _ fingerprint: ObjectFingerprint, _ values: [Cell], _ lists: [[Cell]], _ isThere: [Bool],
        from source: TextStore
    ) -> Int? {
        guard count < memory.limit else { return nil }
        let first = cells.count
        for slot in part.slots { cells.append(texts.adopt(values[slot], from: source)) }
        for list in part.lists {
            for cell in lists[list] { cells.append(texts.adopt(cell, from: source)) }
            listEnds.append(Int32(cells.count - first))
        }
        for presence in part.presences { isPresent.append(isThere[presence]) }
        cellEnds.append(cells.count)
        index.append(hash: fingerprint.hash)
        fingerprints.append(fingerprint)
        return count - 1
    }

    /// Forgets all objects, and keeps the room for others.
    mutating func removeAll() {
        fingerprints.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        texts.removeAll()
        cellEnds.removeAll(keepingCapacity: true)
        listEnds.removeAll(keepingCapacity: true)
        isPresent.removeAll(keepingCapacity: true)
        index.removeAll()
        (searches, hits) = (0, 0)
    }

    /// Where an object's cells begin.
    func start(of number: Int) -> Int {
        number == 0 ? 0 : cellEnds[number - 1]
    }

    /// The cells of an object's list, by the position of the list in the part.
    func elements(of number: Int, list: Int) -> Range<Int> {
        let (start, first) = (start(of: number), number * part.lists.count)
        let begin = list == 0 ? part.slots.count : Int(listEnds[first + list - 1])
        return start + begin..<start + Int(listEnds[first + list])
    }

    /// Whether an object has what a presence of the part asks for, by the presence's position.
    func isPresent(_ number: Int, _ presence: Int) -> Bool {
        isPresent[number * part.presences.count + presence]
    }
}

/// How many objects of a name are kept so that they are known again.
struct ObjectMemory: Sendable {
    /// Objects beyond so many are read anew each time.
    let limit: Int
    /// After so many messages, of which not half brought a known object, no more are looked for; nil for never.
    let trial: Int?

    /// For some thousands of messages, which may bring few things twice.
    static let short = ObjectMemory(limit: 32_768, trial: 1024)
    /// For as many messages as there are.
    static let long = ObjectMemory(limit: 1 << 22, trial: nil)
}

extension ObjectFingerprint {
    fileprivate var hash: Int { Int(bitPattern: UInt(low)) }
}
