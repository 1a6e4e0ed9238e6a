import BatchFormat
import Glibc

/// A file of events, one a line, that is read from some line on; it may still grow.
///
/// Its mark says which file it is, whatever it is called by now: the inode, and a hash of the first line (of at most 256
/// bytes), since inodes are used again. An empty file has none.
final class EventFile {
    /// What is read in one go.
    static let chunkBytes = 256 << 10
    private static let markBytes = 256

    let path: String
    /// Where the next line begins.
    var offset: Int64
    private let descriptor: Int32
    private(set) var mark: String?
    /// Whether the rest of a line is passed over whose beginning was too long.
    private var isSkipping = false
    private var buffer: [UInt8]

    /// Opens the file; nil where there is none.
    init?(path: String) throws(EdgeError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(action: "open", path: path, reason: StateDirectory.reason)
        }
        self.descriptor = descriptor
        self.path = path
        offset = 0
        buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        mark = Self.mark(of: descriptor)
    }

    deinit { close(descriptor) }

    /// Inode and size as they are now.
    var status: stat {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : stat()
    }

    /// Whether it is a file, and no folder or device.
    var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }

    /// Whether it was cut or written anew since it was read, so that its offset means nothing any more.
    var isReplaced: Bool {
        let known = mark
        if status.st_size < offset { return true }
        mark = Self.mark(of: descriptor)
        return known != nil && known != mark
    }

    /// Hands over the complete lines of the next piece, each with the offset behind it; false where there was none.
    func read(_ body: (UnsafeRawBufferPointer, Int64) throws -> Void) throws -> Bool {
        let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
        guard count >= 0 else { throw EdgeError.system(action: "read", path: path, reason: StateDirectory.reason) }
        if count == 0 { return false }
        if mark == nil { mark = Self.mark(of: descriptor) }
        var start = 0
        try buffer.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            while start < count, let end = memchr(base + start, Int32(EventLines.lineFeed), count - start) {
                let length = (base + start).distance(to: UnsafeRawPointer(end))
                let next = offset + Int64(start + length + 1)
                if isSkipping {
                    isSkipping = false
                } else {
                    try body(UnsafeRawBufferPointer(start: base + start, count: length), next)
                }
                start += length + 1
            }
            if start == 0, count == all.count {
                // A line longer than the piece: its beginning shows that it is too long. Nobody goes on in its middle.
                if !isSkipping { try body(all, offset) }
                isSkipping = true
                start = count
            }
        }
        offset += Int64(start)
        return start > 0
    }

    /// Hands over a last line that no line feed ends: for a file that does not grow any more.
    func readRest(_ body: (UnsafeRawBufferPointer, Int64) throws -> Void) throws {
        let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
        guard count > 0 else { return }
        try buffer.withUnsafeBytes { all in
            let rest = UnsafeRawBufferPointer(rebasing: all[..<count])
            if !isSkipping { try body(rest, offset + Int64(count)) }
        }
        offset += Int64(count)
    }

    private static func mark(of descriptor: Int32) -> String? {
        var status = stat()
        var head = [UInt8](repeating: 0, count: markBytes)
        let count = pread(descriptor, &head, head.count, 0)
        guard count > 0, fstat(descriptor, &status) == 0 else { return nil }
        let end = head[..<count].firstIndex(of: EventLines.lineFeed)
        if end == nil, count < markBytes { return nil }
        let hash = head[..<(end ?? count)].withUnsafeBytes { StreamCollector.fingerprint($0) }
        return "\(status.st_ino)-\(String(hash, radix: 16))"
    }
}
