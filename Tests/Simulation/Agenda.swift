/// What is to happen and when, in simulated milliseconds. Things of the same millisecond happen in the order in which
/// they were put down, so that a run is the same each time.
final class Agenda {
    private struct Entry {
        let time: Int64
        let order: UInt64
        let action: () -> Void

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    /// The simulated time.
    private(set) var now: Int64 = 0
    /// How many things have happened.
    private(set) var count: UInt64 = 0
    private var heap: [Entry] = []
    private var lastOrder: UInt64 = 0

    /// Puts something down for that time; for now where that is past.
    func at(_ time: Int64, _ action: @escaping () -> Void) {
        lastOrder += 1
        heap.append(Entry(time: max(now, time), order: lastOrder, action: action))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Puts something down for so many milliseconds from now.
    func after(_ span: Int64, _ action: @escaping () -> Void) {
        at(now + span, action)
    }

    /// Lets the next thing happen; false where there is none.
    func step() -> Bool {
        guard let next = heap.first else { return false }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
        now = next.time
        count += 1
        next.action()
        return true
    }

    private func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
