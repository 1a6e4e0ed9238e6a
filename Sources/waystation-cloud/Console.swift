import Glibc

/// Where a program speaks: results on standard output, all else on standard error; nothing is held back.
enum Console {
    /// Prints a text as it is.
    static func write(_ text: String) {
        write(bytes: Array(text.utf8))
    }

    /// Prints bytes as they are.
    static func write(bytes: [UInt8]) {
        write(bytes, to: STDOUT_FILENO)
    }

    /// Says what went wrong.
    static func complain(_ text: String) {
        write(Array("waystation-cloud: \(text)\n".utf8), to: STDERR_FILENO)
    }

    /// Gives up where nobody listens any more.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.write(descriptor, all.baseAddress?.advanced(by: written), all.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }
}
