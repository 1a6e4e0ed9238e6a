import Glibc

/// The lines of a batch's events: without their line feeds, in order.
public struct EventLines {
    /// What ends a line.
    public static let lineFeed = UInt8(ascii: "\n")

    private let events: [UInt8]

    /// The lines in `events`.
    public init(_ events: [UInt8]) {
        self.events = events
    }

    /// Hands each line to `body`; the buffer is good for that call alone.
    public func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        try events.withUnsafeBufferPointer { all in
            guard let start = all.baseAddress else { return }
            var offset = 0
            while offset < all.count {
                let line = start + offset
                let rest = all.count - offset
                let end = memchr(line, Int32(Self.lineFeed), rest)
                let count = end.map { UnsafeRawPointer(line).distance(to: $0) } ?? rest
                try body(UnsafeBufferPointer(start: line, count: count))
                offset += count + 1
            }
        }
    }
}
