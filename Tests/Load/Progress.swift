import Glibc

/// Tells whoever waits how far the work is.
enum Progress {
    /// Writes a line to standard error.
    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
