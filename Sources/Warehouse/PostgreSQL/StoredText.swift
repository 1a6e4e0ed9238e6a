import Glibc

/// How texts stand in PostgreSQL, which cannot hold U+0000: U+0001 is an escape. U+0000 becomes U+0001 U+0001, and U+0001
/// becomes U+0001 U+0002; all else stays as it is. This is reversible, and leaves the order of texts by their bytes as it
/// is, so that the database may compare stored texts.
enum StoredText {
    private static let escape: UInt8 = 1
    /// Behind the escape, the byte above the one that is meant.
    private static let forms: ClosedRange<UInt8> = 1...2

    /// Whether a text stands otherwise than it is.
    static func differs(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return false }
        return memchr(start, 0, text.count) != nil || memchr(start, 1, text.count) != nil
    }

    /// The stored form.
    static func stored(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + 8)
        for byte in text {
            if byte <= escape {
                bytes += [escape, byte + 1]
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// Whether a stored text may be another one than it says.
    static func isEscaped(_ stored: UnsafeBufferPointer<UInt8>) -> Bool {
        stored.baseAddress.map { memchr($0, Int32(escape), stored.count) != nil } ?? false
    }

    /// The text of a stored form; an escape that leads to nothing, which only somebody's own query can make, stays.
    static func text(_ stored: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stored.count)
        var index = 0
        while index < stored.count {
            if stored[index] == escape, index + 1 < stored.count, forms.contains(stored[index + 1]) {
                bytes.append(stored[index + 1] - 1)
                index += 2
            } else {
                bytes.append(stored[index])
                index += 1
            }
        }
        return bytes
    }

    /// The string of a stored form.
    static func string(_ stored: UnsafeBufferPointer<UInt8>) -> String {
        isEscaped(stored) ? String(decoding: text(stored), as: UTF8.self) : String(decoding: stored, as: UTF8.self)
    }
}
