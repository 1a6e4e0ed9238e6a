import Synchronization

/// Deals the numbers of batches to whoever sends.
final class BatchQueue: Sendable {
    private let count: Int
    private let taken = Atomic(0)

    init(count: Int) {
        self.count = count
    }

    /// The next number, nil once all are dealt.
    func next() -> Int? {
        let number = taken.add(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }
}
