import BatchFormat
import ObjectStore
import RawStore
import Testing

@testable import CloudAggregator

/// Raw batches are divided so that all of them come, and those that share an identity last and alone.
@Suite struct RawChunksTests {
    private func item(_ sequence: Int64, date: String = "2017-03-19", bytes: Int64 = 1) throws -> RawFold.Item {
        let key = try #require(RawKey("raw/rsvps/dt=\(date)/device/1/\(sequence).batch"))
        return (key, ObjectInfo(key: key.description, byteCount: bytes, modifiedMilliseconds: 0))
    }

    private func sequences(_ chunks: [[RawFold.Item]]) -> [[Int64]] {
        chunks.map { $0.map(\.key.identity.sequence) }
    }

    @Test func aChunkHasSoManyBatchesOrBytes() throws {
        var chunks = RawChunks(limits: (3, 100))
        #expect(chunks.position == "")
        try chunks.add(.init(missing: (1...4).map { try item($0) }, end: "here"))
        #expect(chunks.position == "here")
        #expect(sequences(chunks.take()) == [[1, 2, 3]])
        #expect(chunks.take().isEmpty)
        try chunks.add(.init(missing: [item(5, bytes: 99), item(6), item(7)]))
        #expect(chunks.position == nil)
        #expect(sequences(chunks.take()) == [[4, 5], [6, 7]])
        #expect(chunks.take().isEmpty)
    }

    @Test func batchesOfOneIdentityComeLastAndAlone() throws {
        var chunks = RawChunks(limits: (10, 100))
        try chunks.add(.init(missing: [item(1), item(2)], repeated: [item(9)], end: "here"))
        try chunks.add(.init(missing: [item(1, date: "2017-03-20"), item(3), item(1, date: "2017-03-21")]))
        #expect(sequences(chunks.take()) == [[1, 2, 3]])
        let last = chunks.take()
        #expect(sequences(last) == [[9], [1], [1]])
        #expect(last.map { $0[0].key.date } == ["2017-03-19", "2017-03-20", "2017-03-21"])
        #expect(chunks.take().isEmpty)
    }
}
