/// The way between one device and the cloud, or one device and the source.
final class Link {
    /// Whether anything passes.
    private(set) var isUp = true
    /// How long a message takes, in milliseconds.
    var latency: Int64
    /// Nothing arrives before that time, though it is not lost: the line is stuck.
    private(set) var stuckUntil: Int64 = 0
    /// Called when the link is cut, with whether the ends are told at once.
    var didCut: (_ isNoticed: Bool) -> Void = { _ in }
    private var downUntil: Int64 = 0

    /// - Parameter latency: how long a message takes, in milliseconds.
    init(latency: Int64) {
        self.latency = latency
    }

    /// When what is sent now arrives.
    func arrival(after now: Int64) -> Int64 {
        max(now + latency, stuckUntil)
    }

    /// Cuts the link until that time.
    func cut(until time: Int64, isNoticed: Bool) {
        downUntil = max(downUntil, time)
        isUp = false
        didCut(isNoticed)
    }

    /// Whatever is under way waits until that time.
    func stick(until time: Int64) {
        stuckUntil = max(stuckUntil, time)
    }

    /// Puts the link up again where no cut lasts on.
    func mend(at now: Int64) {
        if now >= downUntil { isUp = true }
    }
}
