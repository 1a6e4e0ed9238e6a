import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A recording in memory: one message a line, sent as it was written down.
///
/// A line feed ends a line, a carriage return before it belongs to the end. A last line without its end that is no
/// whole JSON object was cut off when the capture ended: it is passed over, and so are empty lines and those that are
/// no UTF-8, which no text frame can carry. Any other line is kept, even if it is no JSON: the real stream may send
/// that too.
public final class Recording: Sendable {
    struct Line {
        let start: Int
        let count: Int
        /// The message's own time, milliseconds since 1970; nil where it has none.
        let mtime: Int64?
    }

    /// What was passed over, a sentence each.
    public let warnings: [String]
    let bytes: [UInt8]
    let lines: [Line]

    private static let carriageReturn = UInt8(ascii: "\r")

    /// Reads the file at that path.
    /// - Parameter time: where its messages say when they were made.
    public convenience init(path: String, time: MessageTime = .mtime) throws {
        try self.init(bytes: FileBytes.read(path: path), name: path, time: time)
    }

    /// Reads a recording from memory.
    /// - Parameters:
    ///   - name: what errors and warnings call it.
    ///   - time: where its messages say when they were made.
    public init(bytes: [UInt8], name: String, time: MessageTime = .mtime) throws {
        var index = LineIndex(parser: try JSONParser(maximumDepth: LineIndex.depth), name: name, time: time)
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let end = Self.lineFeed(in: bytes, from: start)
                var stop = end ?? bytes.count
                while stop > start && bytes[stop - 1] == Self.carriageReturn { stop -= 1 }
                index.take(UnsafeBufferPointer(rebasing: bytes[start..<stop]), at: start, isEnded: end != nil)
                start = (end ?? bytes.count) + 1
            }
        }
        guard !index.lines.isEmpty else { throw ReplayError.empty(path: name) }
        self.bytes = bytes
        lines = index.lines
        warnings = index.warnings
    }

    private static func lineFeed(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        return memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start).map {
            UnsafeRawPointer(base).distance(to: $0)
        }
    }

    /// How many messages it holds.
    public var count: Int { lines.count }
}
