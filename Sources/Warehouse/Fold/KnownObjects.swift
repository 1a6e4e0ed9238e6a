import JSON

/// The objects of one name that messages have brought, such as a group with its topics, and what each was read as.
///
/// Most messages bring an object that others bring too, word by word. It is read once; of the others only the greatest time
/// is kept, since of equal rows the one with the greatest time stands.
struct KnownObjects: Sendable {
    /// An object whose rows are to be offered with the greatest time of the messages that brought it.
    struct Object: Sendable {
        let fingerprint: ObjectFingerprint
        /// Its cells: of the part's slots, then of the elements of each of its lists.
        let cells: Range<Int>
        /// Where the cells of each list end, counted from the first cell.
        let listEnds: [Int]
        /// Whether the value of each of the part's presences is there.
        let isPresent: [Bool]
        /// The greatest time of the messages that brought it.
        var time: Int64
        /// Whether its rows have been offered with that time.
        var isOffered = true
        /// The categories that its messages' revisions are counted under, once one has been.
        var categories: Range<Int>?
        /// The greatest time of the messages whose revisions were counted, where it is to be offered to the categories.
        var categoryTime: Int64?
    }

    /// Objects beyond so many are read anew each time.
    private static let limit = 32_768
    /// After so many messages, of which not half brought a known object, no more are looked for.
    private static let trial = 1024

    private(set) var objects: [Object] = []
    private(set) var cells: [Cell] = []
    private(set) var texts = TextStore()
    private var index = RowIndex()
    private var (searches, hits) = (0, 0)

    /// Whether it pays to look for objects.
    var isUseful: Bool { searches < Self.trial || hits * 2 >= searches }

    /// The number of the object of that fingerprint.
    mutating func find(_ fingerprint: ObjectFingerprint) -> Int? {
        searches += 1
        let number = index.find(fingerprint.hash) { objects[$0].fingerprint == fingerprint }
        if number != nil { hits += 1 }
        return number
    }

    /// Adds an object that a message of that time has brought, unless there are too many.
    mutating func add(
        _ fingerprint: ObjectFingerprint, cells own: [Cell], listEnds: [Int], isPresent: [Bool], time: Int64,
        categories: Range<Int>?, from source: TextStore
    ) {
        guard objects.count < Self.limit else { return }
        let first = cells.count
        for cell in own { cells.append(texts.adopt(cell, from: source)) }
        index.append(hash: fingerprint.hash)
        objects.append(
            Object(
                fingerprint: fingerprint, cells: first..<cells.count, listEnds: listEnds, isPresent: isPresent,
                time: time, categories: categories))
    }

    /// Notes that a message of that time brought the object.
    mutating func note(_ number: Int, time: Int64) {
        guard time > objects[number].time else { return }
        objects[number].time = time
        objects[number].isOffered = false
    }

    /// Notes that a revision of a message of that time is counted under the object's categories.
    mutating func note(_ number: Int, categories: Range<Int>, time: Int64) {
        objects[number].categories = categories
        objects[number].categoryTime = max(time, objects[number].categoryTime ?? .min)
    }
}

extension ObjectFingerprint {
    fileprivate var hash: Int { Int(bitPattern: UInt(low)) }
}
