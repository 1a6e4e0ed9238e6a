import Glibc

/// Gives back the memory of code and constants that only the start, a handshake or a burst has needed: most of what is
/// resident, since the kernel maps sixteen pages where one is touched. What is needed again comes from the page cache.
struct ResidentMemory {
    /// The first time is soon after the start, the others follow at this distance.
    static let first: Duration = .seconds(5)
    static let interval: Duration = .seconds(10)

    private var due: Duration

    init(at now: Duration) {
        due = now + Self.first
    }

    /// Does it where it is time.
    mutating func tick(at now: Duration) {
        guard now >= due else { return }
        due = now + Self.interval
        guard let map = Self.contents(of: "/proc/self/smaps") else { return }
        for range in Self.unwritten(map) {
            // A refusal costs nothing but the memory.
            _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The mappings in a text such as `/proc/PID/smaps` (proc_pid_smaps(5)) that are as they stand in their file: without
    /// right to write, and without a page that was ever written to, be it in memory or swapped out.
    static func unwritten(_ map: [UInt8]) -> [Range<UInt>] {
        var found: [Range<UInt>] = []
        var current: Range<UInt>?
        var isUntouched = false
        for line in map.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5).map {
                String(decoding: $0, as: UTF8.self)
            }
            if fields.count >= 5, let range = addresses(fields[0]) {
                let isFile = fields[4] != "0" && (fields[1] == "r-xp" || fields[1] == "r--p")
                current = isFile ? range : nil
            } else if fields.first == "Anonymous:" {
                isUntouched = fields.dropFirst().first == "0"
            } else if fields.first == "Swap:", isUntouched, fields.dropFirst().first == "0", let range = current {
                found.append(range)
                current = nil
            }
        }
        return found
    }

    private static func addresses(_ text: String) -> Range<UInt>? {
        let ends = text.split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1] else { return nil }
        return ends[0]..<ends[1]
    }

    /// A file of `/proc`, whose length nobody knows beforehand.
    private static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
    }
}
