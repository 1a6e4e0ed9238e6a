/// The slots an event's tokens fall into, each once, in the order they came up. Made to be used again and again.
public struct SlotSet {
    /// The slots.
    public private(set) var slots: [Int] = []
    /// Open addressing: the event's number in the upper bits, the slot in the lower ones. It is small, so that an event
    /// finds most of it in the processor's cache.
    private var table: [UInt32]
    private var event: UInt32 = 1

    /// An empty set.
    public init() {
        table = Array(repeating: 0, count: 128)
        slots.reserveCapacity(64)
    }

    /// Empties the set for the next event.
    mutating func removeAll() {
        slots.removeAll(keepingCapacity: true)
        event += 1
        if event >> (UInt32.bitWidth - TokenHash.slotBits) > 0 {
            event = 1
            for index in table.indices { table[index] = 0 }
        }
    }

    /// Adds a slot; false where it was there already.
    @inline(__always)
    @discardableResult
    mutating func insert(_ slot: Int) -> Bool {
        let entry = event << TokenHash.slotBits | UInt32(truncatingIfNeeded: slot)
        let mask = table.count - 1
        var index = slot & mask
        while table[index] >> TokenHash.slotBits == event {
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
            table[index] = event << TokenHash.slotBits | UInt32(truncatingIfNeeded: slot)
        }
    }
}
