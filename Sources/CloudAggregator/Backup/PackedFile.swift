import Cryptography
import Glibc
import Zstandard

/// Packs a file of any size with zstd, or unpacks it, a piece at a time.
struct PackedFile {
    private static let pieceBytes = 1 << 20
    private static let level = 3

    /// The length of the file as it is unpacked.
    let byteCount: Int64
    /// The SHA-256 of the file as it is unpacked.
    let sha256: [UInt8]

    /// Packs the file at `source` into one at `target`.
    static func pack(_ source: String, to target: String) throws -> PackedFile {
        let compressor = try FrameCompressor(level: level)
        let hash = SHA256()
        var byteCount: Int64 = 0
        try rewrite(source, to: target) { piece, output in
            hash.update(piece)
            byteCount += Int64(piece.count)
            try compressor.compress(piece, to: &output)
            if piece.isEmpty { try compressor.end(to: &output) }
        }
        return PackedFile(byteCount: byteCount, sha256: hash.digest())
    }

    /// Unpacks the file at `source` into one at `target`, which is synced; throws where it gives more than `limit` bytes.
    static func unpack(_ source: String, to target: String, limit: Int64) throws -> PackedFile {
        let decompressor = try FrameDecompressor(limit: Int(limit))
        let hash = SHA256()
        try rewrite(source, to: target) { piece, output in
            try decompressor.decompress(piece, to: &output)
            if piece.isEmpty { try decompressor.finish() }
            output.withUnsafeBytes { hash.update($0) }
        }
        return PackedFile(byteCount: Int64(decompressor.count), sha256: hash.digest())
    }

    /// The length of a file.
    static func byteCount(of path: String) throws(CloudError) -> Int64 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("read", path) }
        return Int64(status.st_size)
    }

    /// Hands the pieces of a file to `body`, an empty one at last, and writes what it makes of each.
    private static func rewrite(
        _ source: String, to target: String, _ body: (UnsafeRawBufferPointer, inout [UInt8]) throws -> Void
    ) throws {
        guard let input = fopen(source, "re") else { throw failure("read", source) }
        defer { fclose(input) }
        guard let output = fopen(target, "we") else { throw failure("write", target) }
        defer { fclose(output) }
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        var result: [UInt8] = []
        while true {
            let count = fread(&piece, 1, piece.count, input)
            guard ferror(input) == 0 else { throw failure("read", source) }
            result.removeAll(keepingCapacity: true)
            try piece.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count]), &result) }
            guard fwrite(result, 1, result.count, output) == result.count else { throw failure("write", target) }
            if count == 0 { break }
        }
        guard fflush(output) == 0, fsync(fileno(output)) == 0 else { throw failure("write", target) }
    }

    private static func failure(_ operation: String, _ path: String) -> CloudError {
        .system(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}
