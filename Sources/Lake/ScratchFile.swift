import Cryptography
import Glibc

/// A finished file of Parquet in the scratch folder.
struct ScratchFile: Sendable {
    private static let pieceBytes = 1 << 20

    /// Where it is.
    let path: String
    /// The day it is of; nil in a table of things.
    let partition: String?
    let rows: Int64
    let byteCount: Int64
    let sha256: String

    /// Takes the measure of the file at `path`.
    init(_ path: String, partition: String?, rows: Int64) throws(LakeError) {
        guard let file = fopen(path, "re") else { throw Self.failure("read", path) }
        defer { fclose(file) }
        let hash = SHA256()
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        var byteCount: Int64 = 0
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard ferror(file) == 0 else { throw Self.failure("read", path) }
            if count == 0 { break }
            piece.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            byteCount += Int64(count)
        }
        (self.path, self.partition, self.rows, self.byteCount) = (path, partition, rows, byteCount)
        sha256 = Hexadecimal.encode(hash.digest())
    }

    /// Gives its space back.
    func remove() throws(LakeError) {
        guard unlink(path) == 0 else { throw Self.failure("remove", path) }
    }

    private static func failure(_ operation: String, _ path: String) -> LakeError {
        .scratch(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}
