import Glibc

/// Writes what happens to standard error, a sentence a line: `2026-11-23T04:05:06.789Z notice The edge is running. device=...`
///
/// Of its own, because the logging packages stand on Swift's concurrency, and so on Dispatch.
public struct EdgeLog: Sendable {
    /// How much an entry matters.
    public enum Level: String, CaseIterable, Sendable {
        case debug, info, notice, warning, error
    }

    private let level: Level
    private let descriptor: Int32
    private var fields = ""

    /// A log of what matters at least so much.
    public init(level: Level = .info, descriptor: Int32 = STDERR_FILENO) {
        self.level = level
        self.descriptor = descriptor
    }

    /// The same log, with a field behind each entry.
    public func with(_ name: String, _ value: String) -> EdgeLog {
        var log = self
        log.fields += " \(name)=\(value)"
        return log
    }

    /// Writes an entry.
    public func callAsFunction(
        _ level: Level, _ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        guard level.rank >= self.level.rank else { return }
        var line = "\(Self.now()) \(level.rawValue) \(message())"
        for (name, value) in fields { line += " \(name)=\(value)" }
        line += self.fields
        let bytes = line.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 } + [UInt8(ascii: "\n")]
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func now() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return text(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    /// A moment in UTC (RFC 3339), milliseconds included.
    static func text(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds.flooredQuotient(1000))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let fraction = String(1000 + milliseconds.flooredRemainder(1000)).dropFirst()
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) + ".\(fraction)Z"
    }
}

extension EdgeLog.Level {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
