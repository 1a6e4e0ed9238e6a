/// Keeps uploads under a bandwidth: when the next may begin, and how fast each of those under way may send.
///
/// libcurl holds one transfer to a speed only over several buffers of 64 KiB, so that many small batches would pass at
/// once. Therefore each batch is also charged here: the next begins when the bytes so far would have passed at the
/// bandwidth. A batch that has to be sent again is charged again.
struct SendBudget: Equatable {
    /// A batch has to arrive within this, or the cloud gives its connection up (it waits 120 s).
    static let longestUpload: Duration = .seconds(60)
    /// So much of what was not used counts later: the loop turns no faster than every millisecond.
    static let credit: Duration = .milliseconds(20)

    /// The bytes of a second; nil for no limit.
    let bytesPerSecond: Int?
    private var freeAt: Duration = .zero

    /// - Parameter bytesPerSecond: nil for no limit.
    init(bytesPerSecond: Int?) {
        precondition(bytesPerSecond ?? 1 > 0, "a bandwidth lets something through")
        self.bytesPerSecond = bytesPerSecond
    }

    /// Whether another upload may begin.
    func admits(at now: Duration) -> Bool { bytesPerSecond == nil || now >= freeAt }

    /// When `admits` changes its mind; nil where it does already.
    func deadline(after now: Duration) -> Duration? { admits(at: now) ? nil : freeAt }

    /// Charges an upload that begins.
    mutating func charge(_ bytes: Int, at now: Duration) {
        guard let bytesPerSecond else { return }
        freeAt = max(freeAt, now - Self.credit) + Self.span(bytes, at: bytesPerSecond)
    }

    /// How fast each of so many uploads may send; nil for as fast as it goes.
    func share(of uploads: Int) -> Int? {
        bytesPerSecond.map { max(1, $0 / max(1, uploads)) }
    }

    /// How many uploads of `bytes` each may be under way, so that each arrives in time at its share.
    func parallel(_ wanted: Int, bytes: Int) -> Int {
        guard let bytesPerSecond else { return wanted }
        return max(1, min(wanted, bytesPerSecond * Int(Self.longestUpload.components.seconds) / max(1, bytes)))
    }

    /// How long an upload of `bytes` may take because of the bandwidth, with so many under way.
    func allowance(_ bytes: Int, of uploads: Int) -> Duration {
        share(of: uploads).map { Self.span(bytes, at: $0) } ?? .zero
    }

    private static func span(_ bytes: Int, at bytesPerSecond: Int) -> Duration {
        .microseconds((Int64(bytes) * 1_000_000 + Int64(bytesPerSecond) - 1) / Int64(bytesPerSecond))
    }
}
