import CPostgreSQL
import Glibc

/// Waits for a server's bytes, and counts those that came since the last whole result: libpq keeps a row in memory until
/// all of it is there, however large it is.
struct ByteMeter {
    private let limits: PostgreSQLLimits
    private var count = 0

    init(_ limits: PostgreSQLLimits) {
        self.limits = limits
    }

    /// A whole result is there.
    mutating func startAnew() {
        count = 0
    }

    /// Waits until there is something to read.
    mutating func wait(_ socket: Int32) throws(PostgreSQLError) {
        guard socket >= 0 else { throw .unreachable("the connection is closed") }
        while true {
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, try timeout())
            if ready > 0 { break }
            guard ready == 0 || errno == EINTR else { throw .unreachable(String(cString: strerror(errno))) }
        }
        guard let limit = limits.bytes else { return }
        count += Int(max(0, shim_readable_bytes(socket)))
        if count > limit { throw .tooLarge(limit: limit) }
    }

    /// Throws where a result's values are too large all the same: what comes while libpq reads is in no count.
    func check(_ result: PostgreSQLResult) throws(PostgreSQLError) {
        if let limit = limits.bytes, result.byteCount > limit { throw .tooLarge(limit: limit) }
    }

    /// The milliseconds to the deadline, -1 where there is none.
    private func timeout() throws(PostgreSQLError) -> Int32 {
        guard let deadline = limits.deadline else { return -1 }
        let left = deadline - .now
        guard left > .zero else { throw .deadline }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
