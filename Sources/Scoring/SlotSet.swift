/// The slots an event's tokens fall into, each once, in the order they came up. Made to be used again and again.
public struct SlotSet {
    /// The slots.
    public private(set) var slots: [Int] = []
    /// Open addressing: the event's number in the upper half, the slot in the lower one.
    private var table: [UInt64]
    private var event: UInt64 = 1

    /// An empty set.
    public init() {
        table = Array(repeating: 0, count: 256)
        slots.reserveCapacity(64)
    }

    /// Empties the set for the next event.
    mutating func removeAll() {
        slots.removeAll(keepingCapacity: true)
        event += 1
        if event > UInt64(UInt32.max) {
            event = 1
            for index in table.indices { table[index] = 0 }
        }
    }

    /// Adds a slot; false where it was there already.
    @inline(__always)
    @discardableResult
    mutating func insert(_ slot: Int) -> Bool {
        let entry = event << 32 | UInt64(slot)
        let mask = table.count - 1
        var index = slot & mask
        while table[index] >> 32 == event {
            if table[index] == entry { return false }
            index = (index + 1) & mask
        }
        table[index] = entry
        slots.append(slot)
        if slots.count * 2 > table.count { grow() }
        return true
    }

    private mutating func grow() {
        table = Array(repeating: 0, count: table.count * 2)
        let mask = table.count - 1
        for slot in slots {
            var index = slot & mask
            while table[index] != 0 { index = (index + 1) & mask }
            table[index] = event << 32 | UInt64(slot)
        }
    }
}
