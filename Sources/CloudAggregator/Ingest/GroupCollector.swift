/// Decides when gathered batches are merged together: group commit, so that one sync of the disk pays for many.
///
/// A group is due when it has `limit` elements or when its first has waited for the delay, which the shell measures; one
/// group is merged at a time, and what arrives meanwhile gathers for the next.
struct GroupCollector<Element> {
    /// What the shell has to do.
    enum Action {
        /// Nothing for now.
        case wait
        /// Call `delayIsOver` with that number when the delay is over.
        case startDelay(Int)
        /// Merge these, then call `mergeIsOver`.
        case merge([Element])
        /// There is no room; the element was not taken.
        case refuse
    }

    private let limit: Int
    private let capacity: Int
    private var waiting: [Element] = []
    private var isMerging = false
    private var isDue = false
    private var delayNumber = 0

    /// Groups of at most `limit` elements; at most `capacity` may wait.
    init(limit: Int, capacity: Int) {
        precondition(limit > 0 && capacity >= limit, "a group holds something, and the queue a group")
        self.limit = limit
        self.capacity = capacity
    }

    /// Takes an element.
    mutating func add(_ element: Element) -> Action {
        guard waiting.count < capacity else { return .refuse }
        waiting.append(element)
        if waiting.count >= limit { return nextGroup() }
        guard waiting.count == 1 else { return .wait }
        delayNumber += 1
        return .startDelay(delayNumber)
    }

    /// The delay of that number is over.
    mutating func delayIsOver(_ number: Int) -> Action {
        guard number == delayNumber, !waiting.isEmpty else { return .wait }
        isDue = true
        return nextGroup()
    }

    /// The group handed out last is merged, or failed.
    mutating func mergeIsOver() -> Action {
        isMerging = false
        guard isDue || waiting.count >= limit else { return .wait }
        return nextGroup()
    }

    private mutating func nextGroup() -> Action {
        guard !isMerging else { return .wait }
        let group = Array(waiting.prefix(limit))
        waiting.removeFirst(group.count)
        isMerging = true
        // What is left has waited behind this group already, so that it goes as soon as the group is done.
        isDue = !waiting.isEmpty
        return .merge(group)
    }
}
