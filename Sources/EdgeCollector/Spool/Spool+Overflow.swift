import BatchFormat
import SQLite

extension Spool {
    /// The batches that make room in one turn of the loop, at most.
    static let batchesDroppedAtOnce = 16

    /// Says what happens to a stream while the spool is at its quota; without it, its source has to stop.
    public func setOverflow(_ policy: OverflowPolicy, of stream: String) {
        batch(of: stream).overflow = policy
    }

    /// Whether the source of that stream may read on.
    public func accepts(_ stream: String) -> Bool {
        writeFailure == nil && (!isOverQuota || batch(of: stream).overflow != .stopReading)
    }

    /// Whether what comes now in that stream is not kept.
    func dropsNewest(_ batch: OpenBatch) -> Bool {
        guard isOverQuota else { return false }
        return batch.overflow == .dropNewest || (batch.overflow == .dropOldest && hasNothingToDrop)
    }

    /// Lets an event go that there is no room for. Its source goes on behind it.
    func drop(_ line: UnsafeRawBufferPointer, of batch: OpenBatch, time: Int64?, at moment: Moment) {
        let gap = Gap(
            fromMilliseconds: time, toMilliseconds: time, events: 1, bytes: Int64(line.count + 1), reason: "quota")
        declare(gap, in: batch.stream, at: moment)
    }

    /// Makes room where the quota is exceeded: the oldest batches of the streams that ask for it, in one transaction. Their
    /// names stay used, and the gaps they carried go to a later one. A batch under way to the cloud is never dropped.
    func makeRoom(at moment: Moment) throws {
        hasNothingToDrop = false
        let excess = try read { try usedBytes() + settings.sealBytes - settings.quotaBytes } ?? 0
        let streams = open.values.filter { $0.overflow == .dropOldest }.map(\.stream)
        guard excess > 0, !streams.isEmpty else { return }
        let dropped = try write { try dropOldest(excess, of: Set(streams)) }
        guard let dropped else { return }
        hasNothingToDrop = dropped.isEmpty
        for closed in dropped {
            count(closed.gap(reason: "quota"), in: closed.stream)
            forget(framesBytes: closed.framesBytes)
        }
    }

    private func dropOldest(_ excess: Int, of streams: Set<String>) throws -> [ClosedBatch] {
        var dropped: [ClosedBatch] = []
        var freed: Int64 = 0
        var id: Int64 = 0
        while freed < Int64(excess), dropped.count < Self.batchesDroppedAtOnce {
            let next = try database.statement(
                "SELECT id, stream FROM batches WHERE id > ? AND state > 0 ORDER BY id LIMIT 1"
            ).firstRow([.integer(id)])
            guard let row = next?[0].integer, let stream = next?[1].text else { break }
            id = row
            guard streams.contains(stream), !acknowledged.contains(id), !isTravelling(id),
                let closed = try ClosedBatch.load(id, from: database)
            else { continue }
            try reclaimGaps(of: id, stream: stream)
            try saveGaps([closed.gap(reason: "quota")], stream: stream)
            try delete(id)
            freed += closed.framesBytes
            dropped.append(closed)
        }
        return dropped
    }
}
