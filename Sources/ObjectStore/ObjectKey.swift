/// What may be a key: 1 to 1024 bytes of UTF-8, parts of 1 to 255 bytes between slashes, no control character.
///
/// The parts `.`, `..` and `.tmp` mean something else in a directory and stand in no key.
public enum ObjectKey {
    /// The longest key (that of S3).
    public static let maximumByteCount = 1024
    /// The longest part between slashes (that of Linux's file systems).
    public static let maximumPartByteCount = 255

    /// Whether the text can be a key.
    public static func isKey(_ text: String) -> Bool { flaw(of: text) == nil }

    /// Throws why `key` cannot be a key.
    static func check(_ key: String) throws(ObjectStoreError) {
        if let reason = flaw(of: key) { throw .invalidKey(key, reason: reason) }
    }

    /// Why the text cannot be a key; nil where it can.
    private static func flaw(of key: String) -> String? {
        if key.isEmpty { return "it is empty" }
        if key.utf8.count > maximumByteCount { return "it is longer than \(maximumByteCount) bytes" }
        if key.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "it holds a control character" }
        for part in key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty { return "a part between slashes is empty" }
            if part.count > maximumPartByteCount { return "a part is longer than \(maximumPartByteCount) bytes" }
            if [".", "..", TemporaryFile.folderName].contains(where: { $0.utf8.elementsEqual(part) }) {
                return "a part means something else in a directory"
            }
        }
        return nil
    }
}
