import BatchFormat
import Testing

@testable import EdgeCollector

@Suite struct SpoolPositionTests {
    /// What is on the disk: the events of closed batches and of the open one.
    private static func storedEvents(_ spool: Spool) throws -> Int64 {
        let closed = try spool.database.prepare("SELECT events FROM streams").firstRow()?[0].integer ?? 0
        let open = try spool.database.prepare(
            """
            SELECT events FROM segments WHERE id >> \(Spool.segmentBits) IN (SELECT id FROM batches WHERE state = 0)
            ORDER BY id DESC LIMIT 1
            """
        ).firstRow()?[0].integer
        return closed + (open ?? 0)
    }

    private static func storedOffset(_ spool: Spool) throws -> Int64 {
        try spool.loadPosition(of: SpoolFixture.stream)?.offset ?? 0
    }

    /// The lines hardly take space compressed, so it goes past the raw size at which an append closes the batch before it takes the line.
    @Test func positionOnTheDiskIsNeverAheadOfTheEventsNorBehindThem() throws {
        var settings = SpoolSettings()
        settings.gatherInterval = .zero
        let fixture = try SpoolFixture(settings: settings)
        let spool = try fixture.open()
        _ = try spool.adopt(epoch: 1)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: BatchLimits.maximumLineBytes)
        var closes: [[Int64?]] = []
        spool.didClose = { [unowned spool] stream in
            closes.append([try? Self.storedEvents(spool), try? spool.loadPosition(of: stream)?.offset])
        }
        for number in 1...80 {
            let position = SourcePosition(offset: Int64(number), mark: "file")
            spool.expect(position, in: SpoolFixture.stream)
            try line.withUnsafeBytes {
                try spool.append($0, to: SpoolFixture.stream, time: nil, at: fixture.moment)
            }
            #expect(try Self.storedEvents(spool) == Self.storedOffset(spool))
            spool.reach(position, in: SpoolFixture.stream, at: fixture.moment)
            #expect(spool.position(of: SpoolFixture.stream) == position)
            if number.isMultiple(of: 4) { try spool.tick(at: fixture.moment) }
            #expect(try Self.storedEvents(spool) == Self.storedOffset(spool))
        }
        #expect(try Self.storedOffset(spool) == 80)
        #expect(closes.count == 1 && closes[0][0] != nil && closes[0][0] == closes[0][1])
    }

    @Test func spoolOfAnEarlierBuildGetsThePlaceForPositions() throws {
        var fixture = try SpoolFixture()
        var spool: Spool? = try fixture.open()
        try spool?.database.execute("DROP TABLE positions")
        spool = nil
        fixture.advance(.seconds(1))
        let next = try fixture.open()
        next.reach(SourcePosition(offset: 0, mark: "17"), in: SpoolFixture.stream, at: fixture.moment)
        try next.closeAll(at: fixture.moment)
        #expect(try next.loadPosition(of: SpoolFixture.stream)?.mark == "17")
    }
}
