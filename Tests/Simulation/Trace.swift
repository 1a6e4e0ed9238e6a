import Glibc

/// What happened in a run, in order; its digest tells two runs apart.
final class Trace {
    private let isPrinted: Bool
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// - Parameter isPrinted: whether each note goes to standard output as it is made.
    init(isPrinted: Bool) {
        self.isPrinted = isPrinted
    }

    /// A number that all notes together decide (FNV-1a, 64 bits).
    var digest: UInt64 { hash }

    /// Notes what somebody did or met at that time, in simulated milliseconds.
    func note(_ time: Int64, _ actor: String, _ text: String) {
        let line = "\(time) \(actor) \(text)"
        for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        guard isPrinted else { return }
        let seconds = time / 1000
        let rest = String(1000 + time % 1000).dropFirst()
        StandardOutput.write(
            "\(String(repeating: " ", count: max(0, 6 - String(seconds).count)))\(seconds).\(rest) \(actor) \(text)")
    }
}
