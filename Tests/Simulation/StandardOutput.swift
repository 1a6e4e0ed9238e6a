import Glibc

/// Standard output without a buffer: whoever reads it has each line at once, also those before a crash.
enum StandardOutput {
    /// Writes a line.
    static func write(_ line: String) {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.write(STDOUT_FILENO, all.baseAddress.map { $0 + written }, all.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }
}
