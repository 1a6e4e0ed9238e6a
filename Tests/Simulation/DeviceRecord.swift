/// What happened to a device that decides what may be asked of it.
struct DeviceRecord {
    /// Whether an older copy was put in the place of its disk.
    var wasRestored = false
    /// Whether its disk was damaged: a declared loss is allowed then.
    var mayBeDamaged = false
    /// Whether its disk refused for a while.
    var hadFailingDisk = false
    /// Whether its wall clock was ever wrong, so that the times in its gaps mean little.
    var hadWrongClock = false
    /// Whether it has ever written an event down: what came before that moment it never promised to keep.
    var hasStored = false
    /// How often each message was handed to the edge.
    private(set) var delivered: [Int: Int] = [:]
    /// The most that was in memory alone, in bytes.
    private(set) var memoryBytes = 0

    mutating func noteDelivered(_ places: [Int], at now: Int64) {
        for place in places { delivered[place, default: 0] += 1 }
    }

    mutating func noteMemory(_ bytes: Int) {
        memoryBytes = max(memoryBytes, bytes)
    }
}
