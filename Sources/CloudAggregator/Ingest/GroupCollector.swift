/// What elements gather in until they are merged together.
protocol GatheringGroup {
    associatedtype Element

    mutating func append(_ element: Element)
}

/// Decides when gathered batches are merged together: group commit, so that one sync of the disk pays for many.
///
/// A group is due when it has as many elements or bytes as one may have, or when its first has waited for the delay, which
/// the shell measures; one group is merged at a time, and what arrives meanwhile gathers for the next. So groups grow with
/// the load: a lone batch waits for nobody longer than the delay, and a flood pays for few commits. Which group an element
/// belongs to is settled when it comes, so that its group can be prepared while it waits.
struct GroupCollector<Group: GatheringGroup> {
    /// What the shell has to do.
    enum Action {
        /// Nothing for now.
        case wait
        /// Call `delayIsOver` with that number when the delay is over.
        case startDelay(Int)
        /// Merge these, then call `mergeIsOver`.
        case merge(Group)
        /// There is no room; the element was not taken.
        case refuse
    }

    private struct Waiting {
        var group: Group
        var count = 0
        var bytes = 0

        mutating func add(_ element: Group.Element, bytes: Int) {
            group.append(element)
            count += 1
            self.bytes += bytes
        }

        func hasRoom(for bytes: Int, within limits: GroupLimits) -> Bool {
            count < limits.count && self.bytes + bytes <= limits.bytes
        }
    }

    private let limits: GroupLimits
    private let capacity: Int
    private let begin: () -> Group
    /// Groups in the order of coming; elements go to the last one, and whatever has another one behind it is full.
    private var waiting: [Waiting] = []
    private var waitingCount = 0
    private var isMerging = false
    private var isDue = false
    private var delayNumber = 0

    /// Groups within `limits`, each of which `begin` makes; at most `capacity` elements may wait.
    init(limits: GroupLimits, capacity: Int, begin: @escaping () -> Group) {
        precondition(limits.count > 0 && capacity >= limits.count, "a group holds something, and the queue a group")
        (self.limits, self.capacity, self.begin) = (limits, capacity, begin)
    }

    private var isFull: Bool {
        guard let first = waiting.first else { return false }
        return waiting.count > 1 || first.count >= limits.count || first.bytes >= limits.bytes
    }

    /// Takes an element of so many bytes.
    mutating func add(_ element: Group.Element, bytes: Int) -> Action {
        guard waitingCount < capacity else { return .refuse }
        if waiting.last?.hasRoom(for: bytes, within: limits) != true { waiting.append(Waiting(group: begin())) }
        waiting[waiting.count - 1].add(element, bytes: bytes)
        waitingCount += 1
        if isFull { return nextGroup() }
        guard waitingCount == 1 else { return .wait }
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
        let next = waiting.removeFirst()
        waitingCount -= next.count
        isMerging = true
        // What is left has waited behind this group already, so that it goes as soon as the group is done.
        isDue = !waiting.isEmpty
        return .merge(next.group)
    }
}
