/// A table's digest. Equal digests mean equal tables, wherever and however they were made.
public struct TableDigest: Equatable, Sendable, CustomStringConvertible {
    /// The table.
    public let name: String
    /// Its rows.
    public let rows: Int
    /// The SHA-256 of its canonical text.
    public let sha256: [UInt8]

    /// Name, rows, digest in hexadecimal, in columns.
    public var description: String {
        let hexadecimal = sha256.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let number = String(rows)
        return name + String(repeating: " ", count: max(0, 16 - name.utf8.count)) + " "
            + String(repeating: " ", count: max(0, 7 - number.utf8.count)) + number + " " + hexadecimal
    }
}
