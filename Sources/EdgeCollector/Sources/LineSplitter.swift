import BatchFormat
import Glibc

/// Cuts a stream of bytes into its lines, whatever pieces it comes in; see RFC 9112 section 7.1 for why pieces mean nothing.
///
/// A class, so that whoever takes a line may begin another splitter in its place.
final class LineSplitter {
    /// The bytes of a line that are kept before its end has come; of a longer one the rest is dropped.
    static let limit = BatchLimits.maximumLineBytes + 1

    private var rest: [UInt8] = []

    /// Hands each line that `bytes` completes to `body`, without its line feed; a line that is too long is cut to
    /// `limit`, which is more than an event may have.
    func append(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { all in
            guard let start = all.baseAddress else { return }
            var offset = 0
            while offset < all.count {
                let left = all.count - offset
                guard let end = memchr(start + offset, Int32(EventLines.lineFeed), left) else {
                    keep(UnsafeRawBufferPointer(start: start + offset, count: left))
                    return
                }
                let count = (start + offset).distance(to: UnsafeRawPointer(end))
                let piece = UnsafeRawBufferPointer(start: start + offset, count: count)
                if rest.isEmpty {
                    try body(piece)
                } else {
                    keep(piece)
                    try handOverRest(body)
                }
                offset += count + 1
            }
        }
    }

    /// Hands over a last line that no line feed ended.
    func finish(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        if !rest.isEmpty { try handOverRest(body) }
    }

    private func handOverRest(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let line = rest
        rest = []
        try line.withUnsafeBytes { try body($0) }
    }

    private func keep(_ piece: UnsafeRawBufferPointer) {
        rest.append(contentsOf: piece.prefix(max(0, Self.limit - rest.count)))
    }
}
