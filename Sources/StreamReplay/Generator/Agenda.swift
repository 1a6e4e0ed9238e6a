/// What is to come at a certain time: a binary heap, in which things of the same time keep their order.
struct Agenda<Element> {
    private struct Entry {
        let time: Int64
        let order: UInt64
        let element: Element

        func comesBefore(_ other: Entry) -> Bool {
            (time, order) < (other.time, other.order)
        }
    }

    private var heap: [Entry] = []
    private var added: UInt64 = 0

    /// How many things are to come.
    var count: Int { heap.count }

    /// When the next thing comes; nil when there is none.
    var nextTime: Int64? { heap.first?.time }

    /// Notes a thing for a time.
    mutating func add(_ element: Element, at time: Int64) {
        heap.append(Entry(time: time, order: added, element: element))
        added += 1
        var child = heap.count - 1
        while child > 0, heap[child].comesBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the next thing out.
    mutating func popNext() -> (time: Int64, element: Element)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return (first.time, first.element) }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].comesBefore(heap[least]) {
                least = child
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.time, first.element)
    }
}
