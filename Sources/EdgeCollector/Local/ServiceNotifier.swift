import Glibc

/// Tells the service manager how the edge is, as sd_notify(3) does: a datagram to the socket in `NOTIFY_SOCKET`.
///
///     READY=1           the spool is open and the local sockets listen; nothing about the network
///     STATUS=...        a sentence for `systemctl status`
///     WATCHDOG=1        fed from the loop, each half of `WATCHDOG_USEC`: a loop that hangs is restarted
///     RELOADING=1       the configuration is read again; READY=1 follows, whatever came of it
///     STOPPING=1        the last events are being written down
///
/// Without these variables it says nothing. A manager that cannot be reached never stops the edge.
final class ServiceNotifier {
    /// The sentence changes at most so often.
    private static let statusInterval: Duration = .seconds(5)
    /// How long the manager may take for what has to arrive.
    private static let patience = timeval(tv_sec: 2, tv_usec: 0)

    private let address: UnixAddress?
    private let descriptor: Int32
    private let beat: Duration?
    private var nextBeat: Duration?
    private var status = ""
    private var nextStatus: Duration?

    /// - Parameters:
    ///   - environment: gives the value of an environment variable.
    ///   - process: `WATCHDOG_USEC` counts only for the process in `WATCHDOG_PID`, where that is set.
    init(environment: (String) -> String? = ServiceNotifier.variable, process: Int32 = getpid()) {
        address = environment("NOTIFY_SOCKET").flatMap { UnixAddress($0) }
        descriptor = address == nil ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let isMeant = environment("WATCHDOG_PID").map { $0 == "\(process)" } ?? true
        let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        beat = descriptor >= 0 && isMeant && microseconds > 0 ? .microseconds(microseconds) / 2 : nil
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether anybody wants to know.
    var isWanted: Bool { descriptor >= 0 }

    /// When `tick` has to be called for the watchdog.
    var deadline: Duration? { nextBeat }

    /// The edge has begun; the watchdog is fed from here on.
    func ready(at now: Duration) {
        send("READY=1\nSTATUS=\(Self.line(status))", isVital: true)
        nextBeat = beat.map { now + $0 }
    }

    /// The configuration is about to be read again.
    func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=Reading the configuration.", isVital: true)
    }

    /// The edge is about to end. The watchdog runs on: what hangs now is not to hang for ever.
    func stopping() {
        send("STOPPING=1\nSTATUS=Writing down the last events.", isVital: true)
    }

    /// Feeds the watchdog where that is due, and passes the sentence on where it is another one.
    func tick(at now: Duration, status sentence: @autoclosure () -> String) {
        guard isWanted else { return }
        if let due = nextBeat, let beat, now >= due {
            send("WATCHDOG=1")
            nextBeat = now + beat
        }
        guard nextStatus.map({ now >= $0 }) ?? true else { return }
        nextStatus = now + Self.statusInterval
        let sentence = sentence()
        guard sentence != status else { return }
        status = sentence
        send("STATUS=\(Self.line(sentence))")
    }

    private func send(_ text: String, isVital: Bool = false) {
        guard let address, descriptor >= 0 else { return }
        let bytes = Array(text.utf8)
        let flags = Int32(MSG_NOSIGNAL) | (isVital ? 0 : Int32(MSG_DONTWAIT))
        _ = address.withSocketAddress { sendto(descriptor, bytes, bytes.count, flags, $0, $1) }
    }

    /// One line: the next one would be another assignment.
    private static func line(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
