/// The combinations of objects that messages have brought, where tables depend on these objects alone, such as an event
/// with its group and venue.
///
/// Of equal rows the one with the greatest time stands: what the objects say is offered once, and then only the greatest
/// time is kept.
struct KnownCombinations: Sendable {
    /// What stands for an object that is not there.
    static let absent: Int32 = -1

    /// How many objects are combined.
    let width: Int
    /// The numbers of the objects, side by side.
    private(set) var objects: [Int32] = []
    /// The greatest time of the messages that brought each combination.
    private(set) var times: [Int64] = []
    /// Whether the time has grown since the combination was new.
    private(set) var isLater: [Bool] = []
    private var index = RowIndex()

    init(width: Int) {
        self.width = width
    }

    var count: Int { times.count }

    /// The bytes of memory that this takes.
    var byteCount: Int {
        objects.count * MemoryLayout<Int32>.stride + count * (MemoryLayout<Int64>.stride + 1 + RowIndex.bytesPerRow)
    }

    /// Notes that a message of that time brought these objects; whether they are a new combination.
    mutating func note(_ combined: [Int32], time: Int64) -> Bool {
        let known = width == 1 ? number(ofOnly: combined[0]) : number(of: combined)
        guard let known else {
            objects += combined
            times.append(time)
            isLater.append(false)
            return true
        }
        if time > times[known] {
            times[known] = time
            isLater[known] = true
        }
        return false
    }

    /// Where objects are not combined, combinations are numbered as they are.
    private func number(ofOnly object: Int32) -> Int? {
        precondition(object <= count, "an object is noted in each message that brings it")
        return object < count ? Int(object) : nil
    }

    /// The number of a combination; what is new goes into the index.
    private mutating func number(of combined: [Int32]) -> Int? {
        var hasher = KeyHasher()
        for object in combined { hasher.combine(UInt64(bitPattern: Int64(object))) }
        let known = index.find(hasher.hash) { number in
            for position in 0..<width where objects[number * width + position] != combined[position] { return false }
            return true
        }
        if known == nil { index.append(hash: hasher.hash) }
        return known
    }

    /// Forgets all combinations, and keeps the room for others.
    mutating func removeAll() {
        objects.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        isLater.removeAll(keepingCapacity: true)
        index.removeAll()
    }
}
