import Glibc

/// The clocks of the machine.
public final class SystemClock: EdgeClock {
    private typealias AdjustTime = @convention(c) (UnsafeMutableRawPointer) -> Int32

    /// The kernel is asked again after so long.
    private static let askInterval: Duration = .seconds(1)

    private let adjustTime: AdjustTime?
    private var answer: (isSynchronized: Bool, at: Duration)?

    /// The machine's clocks.
    public init() {
        adjustTime = dlsym(nil, "adjtimex").map { unsafeBitCast($0, to: AdjustTime.self) }
    }

    /// The time since boot, spent asleep included.
    public var monotonic: Duration {
        let time = Self.read(CLOCK_BOOTTIME)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The wall clock in milliseconds since 1970.
    public var wallMilliseconds: Int64 {
        let time = Self.read(CLOCK_REALTIME)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Whether the kernel counts its clock as synchronized (adjtimex(2)).
    ///
    /// Glibc's module does not show `adjtimex`, so it is looked up by name; a zeroed `struct timex` (208 bytes) asks and
    /// changes nothing, and the answer is the state of the clock: 5 is TIME_ERROR, not synchronized.
    public var isSynchronized: Bool {
        let now = monotonic
        if let answer, now - answer.at < Self.askInterval { return answer.isSynchronized }
        let isSynchronized = ask()
        answer = (isSynchronized, now)
        return isSynchronized
    }

    private func ask() -> Bool {
        guard let adjustTime else { return false }
        let notSynchronized: Int32 = 5
        return withUnsafeTemporaryAllocation(byteCount: 512, alignment: 16) { buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            guard let timex = buffer.baseAddress else { return false }
            return (0..<notSynchronized).contains(adjustTime(timex))
        }
    }

    /// When this program was put into its file, in milliseconds since 1970; 0 where that cannot be found out.
    public static var programMilliseconds: Int64 {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return 0 }
        return Int64(status.st_mtim.tv_sec) * 1000
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        precondition(clock_gettime(clock, &time) == 0, "every Linux has this clock")
        return time
    }
}
