import Dispatch
import Synchronization

/// Calls on several threads at a time.
enum ParallelCalls {
    /// The calls at a time that wait for a disk or a network more than they compute: enough for the syncs of a disk to be
    /// taken together, few for a bucket.
    static let waiting = 8
    /// Those that compute.
    static let computing = 2

    /// Calls `body` with each element. The first error ends the calling and is thrown, once all that had begun have ended.
    static func forEach<Element: Sendable>(
        _ elements: [Element], limit: Int = waiting, _ body: @Sendable (Element) throws -> Void
    ) throws {
        let next = Mutex(0)
        let failure = Mutex<(any Error)?>(nil)
        withoutActuallyEscaping(body) { body in
            let group = DispatchGroup()
            for number in 0..<min(limit, elements.count) {
                // Each a thread of its own: a shared pool has only as many as there are cores.
                DispatchQueue(label: "lake-\(number)").async(group: group) {
                    while failure.withLock({ $0 == nil }), let index = take(next, of: elements.count) {
                        do {
                            try body(elements[index])
                        } catch {
                            failure.withLock { $0 = $0 ?? error }
                        }
                    }
                }
            }
            group.wait()
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static func take(_ next: borrowing Mutex<Int>, of count: Int) -> Int? {
        next.withLock { index in
            guard index < count else { return nil }
            defer { index += 1 }
            return index
        }
    }
}
