import BatchFormat
import Foundation
import SQLite
import Zstandard

@testable import EdgeCollector

/// All that a spool holds, read past its own functions and unpacked.
struct SpoolDiskContents {
    struct Batch {
        let row: Int64
        let stream: String
        let lines: [Int]
        /// Where it is sealed.
        var file: SealedFile?
        var manifest: Manifest?
    }

    struct DeclaredGap {
        let stream: String
        let batch: Int64?
        let reason: String
        let events: Int64
    }

    private(set) var batches: [Batch] = []
    private(set) var gaps: [DeclaredGap] = []
    private(set) var positions: [String: Int64] = [:]
    private(set) var resumePoints: [String: Int64?] = [:]

    /// Reads a spool that has just been opened: nothing is in memory, and no batch is open.
    init(of spool: Spool) throws {
        for row in try spool.database.prepare("SELECT id, stream, state FROM batches ORDER BY id").rows() {
            guard let id = row[0].integer, let stream = row[1].text else { continue }
            batches.append(try Self.batch(id, stream: stream, state: row[2].integer ?? 0, of: spool))
        }
        gaps = try spool.database.prepare("SELECT stream, batch, reason, events FROM gaps").rows().map {
            DeclaredGap(
                stream: $0[0].text ?? "", batch: $0[1].integer, reason: $0[2].text ?? "", events: $0[3].integer ?? 0)
        }
        for name in spool.open.keys {
            positions[name] = spool.position(of: name)?.offset
            resumePoints[name] = spool.resumePoint(of: name)
        }
    }

    private static func batch(_ row: Int64, stream: String, state: Int64, of spool: Spool) throws -> Batch {
        guard state != SpoolSchema.State.open else { throw SpoolDiskModel.Violation("batch \(row) is still open") }
        var frames: [UInt8] = []
        try spool.forEachSegment(of: row) { frames += $0 }
        let events = try FrameDecompressor.decompress(frames, limit: 8 << 20)
        var batch = Batch(row: row, stream: stream, lines: try numbers(in: events))
        guard state == SpoolSchema.State.sealed else { return batch }
        let moment = Moment(monotonic: .zero, milliseconds: 0, clock: .synchronized)
        guard let file = try spool.sealedFile(row, at: moment) else {
            throw SpoolDiskModel.Violation("batch \(row) is sealed, but not to be had")
        }
        let (manifest, unpacked) = try SealedBatch.open(file.bytes, key: SpoolFixture.key.publicKey)
        guard unpacked == events, manifest.stream == stream, manifest.events == Int64(batch.lines.count) else {
            throw SpoolDiskModel.Violation("the manifest of batch \(row) does not fit it")
        }
        (batch.file, batch.manifest) = (file, manifest)
        return batch
    }

    /// The numbers of lines that `SpoolDiskRun` has made, each held against its text.
    static func numbers(in events: [UInt8]) throws -> [Int] {
        var numbers: [Int] = []
        try EventLines(events).forEach { line in
            guard let start = line.baseAddress, line.count < 2000 else {
                throw SpoolDiskModel.Violation("a line of \(line.count) bytes that nobody appended")
            }
            let number = strtol(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), nil, 10)
            let text = SpoolDiskRun.line(number)
            guard text.count == line.count, memcmp(text, start, line.count) == 0 else {
                throw SpoolDiskModel.Violation("a line that nobody appended, like number \(number)")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Whether any of those lines is here.
    func holds(_ lines: [Int]) -> Bool {
        batches.contains { batch in batch.lines.contains(where: lines.contains) }
    }

    /// The manifest that one hangs on, if it is here.
    func manifest(before identity: BatchIdentity) -> Manifest? {
        batches.lazy.compactMap(\.manifest).first {
            $0.identity.epoch == identity.epoch && $0.identity.sequence == identity.sequence - 1
        }
    }
}
