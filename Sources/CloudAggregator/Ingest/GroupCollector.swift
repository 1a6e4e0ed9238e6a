/// Decides when gathered batches are merged together: group commit, so that one sync of the disk pays for many.
///
/// A group is due when it has as many elements or bytes as one may have, or when its first has waited for the delay, which
/// the shell measures; one group is merged at a time, and what arrives meanwhile gathers for the next. So groups grow with
/// the load: a lone batch waits for nobody longer than the delay, and a flood pays for few commits.
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

    private let limits: GroupLimits
    private let capacity: Int
    private var waiting: [(element: Element, bytes: Int)] = []
    private var waitingBytes = 0
    private var isMerging = false
    private var isDue = false
    private var delayNumber = 0

    /// Groups within `limits`; at most `capacity` elements may wait.
    init(limits: GroupLimits, capacity: Int) {
        precondition(limits.count > 0 && capacity >= limits.count, "a group holds something, and the queue a group")
        self.limits = limits
        self.capacity = capacity
    }

    private var isFull: Bool { waiting.count >= limits.count || waitingBytes >= limits.bytes }

    /// Takes an element of so many bytes.
    mutating func add(_ element: Element, bytes: Int) -> Action {
        guard waiting.count < capacity else { return .refuse }
        waiting.append((element, bytes))
        waitingBytes += bytes
        if isFull { return nextGroup() }
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
        guard isDue || isFull else { return .wait }
        return nextGroup()
    }

    private mutating func nextGroup() -> Action {
        guard !isMerging else { return .wait }
        var (count, bytes) = (0, 0)
        while count < min(waiting.count, limits.count), count == 0 || bytes + waiting[count].bytes <= limits.bytes {
            bytes += waiting[count].bytes
            count += 1
        }
        let group = waiting.prefix(count).map(\.element)
        waiting.removeFirst(count)
        waitingBytes -= bytes
        isMerging = true
        // What is left has waited behind this group already, so that it goes as soon as the group is done.
        isDue = !waiting.isEmpty
        return .merge(group)
    }
}
