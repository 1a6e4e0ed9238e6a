import Glibc

/// Turns signals into bytes that a loop can wait for: the handler writes the signal's number into a pipe.
///
/// One at a time in a process; its owner keeps it until the process ends.
public final class SignalPipe {
    /// Where the handler writes. Set once before the first handler is installed, and only read by handlers.
    nonisolated(unsafe) private static var writeEnd: Int32 = -1

    /// Becomes readable when a signal has come.
    public let descriptor: Int32

    /// Catches those signals from now on, and ignores SIGPIPE.
    public init(_ signals: [Int32]) throws(EdgeError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0, ends.allSatisfy({ Self.prepare($0) }) else {
            throw .system(action: "make", path: "a pipe", reason: StateDirectory.reason)
        }
        descriptor = ends[0]
        Self.writeEnd = ends[1]
        for signal in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalPipe.writeEnd, &byte, 1)
                errno = code
            }
            action.sa_flags = SA_RESTART
            guard sigaction(signal, &action, nil) == 0 else {
                throw .system(action: "catch", path: "signal \(signal)", reason: StateDirectory.reason)
            }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    private static func prepare(_ descriptor: Int32) -> Bool {
        fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 && fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0
    }

    /// The signals that have come since the last call.
    public func received() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes[..<count].map { Int32($0) } : []
    }
}
