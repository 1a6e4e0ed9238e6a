import Foundation
import StreamDefinition
import Testing

@testable import Warehouse

/// What every warehouse does, whichever engine it is of.
@Suite struct WarehouseConformanceTests {
    @Test(arguments: TestEngine.available)
    func theSameBatchTwiceIsADuplicateAndChangesNothing(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            let batch = try test.batch(lines.prefix(10), sequence: 1)
            #expect(try test.warehouse.merge([batch, batch]).outcomes == [.merged, .duplicate])
            let digests = try test.digests
            let counters = try test.warehouse.counters(stream: "rsvps")
            let again = try test.warehouse.merge([batch])
            #expect(again.outcomes == [.duplicate] && again.watermark == 1)
            #expect(try test.digests == digests)
            #expect(try test.warehouse.counters(stream: "rsvps") == counters)
        }
    }

    @Test(arguments: TestEngine.available)
    func anotherBatchOfTheSameIdentityIsAConflictAndIsNotMerged(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            let first = try test.batch(lines.prefix(10), sequence: 1, manifest: "{\"first\":true}")
            let other = try test.batch(lines.suffix(10), sequence: 1, manifest: "{\"other\":true}")
            #expect(try test.warehouse.merge([first]).outcomes == [.merged])
            let digests = try test.digests
            let next = try test.batch(lines[10..<20], sequence: 2)
            #expect(try test.warehouse.merge([other]).outcomes == [.conflict])
            #expect(try test.digests == digests)
            #expect(try test.warehouse.ledgerEntry(device: "device", epoch: 1, sequence: 1) == first.entry)
            let report = try test.warehouse.merge([other, next])
            #expect(report.outcomes == [.conflict, .merged] && report.watermark == 2)
            #expect(try test.warehouse.counters(stream: "rsvps").events == 20)
        }
    }

    @Test(arguments: TestEngine.available)
    func theLedgerGivesBackWhatWasEntered(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            var entries: [LedgerEntry] = []
            for (device, epoch, sequence) in [("b", 1, 1), ("a", 1, 2), ("a", 1, 1), ("b", 2, 1)]
                as [(String, Int64, Int64)]
            {
                var batch = try test.batch([], device: device, epoch: epoch, sequence: sequence)
                batch.entry.backlogBatches = Int64(7 + entries.count)
                batch.entry.backlogBytes = 1 << 40
                entries.append(batch.entry)
                #expect(try test.warehouse.merge([batch]).watermark == Int64(entries.count))
            }
            for entry in entries {
                let found = try test.warehouse.ledgerEntry(
                    device: entry.device, epoch: entry.epoch, sequence: entry.sequence)
                #expect(found == entry)
            }
            #expect(try test.warehouse.ledgerEntry(device: "c", epoch: 1, sequence: 1) == nil)
            // The newest of each, whenever it came, with the backlog that the last one told.
            var newest = entries[1]
            newest.backlogBatches = entries[2].backlogBatches
            #expect(try test.warehouse.latestEntries() == [newest, entries[3]])
        }
    }

    @Test(arguments: TestEngine.available)
    func anErrorInTheMiddleLeavesNothingBehind(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            _ = try test.warehouse.merge([test.batch(lines.prefix(700), sequence: 1)])
            let before = (try test.digests, try test.warehouse.counters(stream: "rsvps"))
            try test.execute(Self.fault(engine))
            let rest = try test.batch(lines.dropFirst(700), sequence: 2)
            let error = #expect(throws: (any Error).self) { try test.warehouse.merge([rest]) }
            #expect(error.map { "\($0)".contains("made to fail") } == true)
            #expect(try test.digests == before.0)
            #expect(try test.warehouse.counters(stream: "rsvps") == before.1)
            #expect(try test.warehouse.watermark == 1)
            try test.execute(engine == .sqlite ? "DROP TRIGGER fault" : "DROP TRIGGER fault ON rsvp_revisions")
            #expect(try test.warehouse.merge([rest]).outcomes == [.merged])
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
            try test.expectSound()
        }
    }

    /// Makes the first insertion of a revision past 900 of them fail.
    private static func fault(_ engine: TestEngine) -> String {
        switch engine {
        case .sqlite:
            """
            CREATE TRIGGER fault BEFORE INSERT ON rsvp_revisions WHEN (SELECT count(*) FROM rsvp_revisions) > 900
            BEGIN SELECT RAISE(ABORT, 'made to fail'); END
            """
        case .postgresql:
            """
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF (SELECT count(*) FROM rsvp_revisions) > 900 THEN RAISE 'made to fail'; END IF; RETURN NULL; END $$;
            CREATE TRIGGER fault AFTER INSERT ON rsvp_revisions EXECUTE FUNCTION fail()
            """
        }
    }

    @Test(arguments: TestEngine.available)
    func whatWasMergedIsThereAfterReopening(engine: TestEngine) throws {
        try TestWarehouse.withLocation(on: engine) { location in
            let plan = try Recordings.plan()
            let (delta, _) = try TestWarehouse.delta(Recordings.lines("rsvps-2017-03-19"), plan)
            let entry = LedgerEntry(
                device: "d", epoch: 1, sequence: 1, stream: "rsvps", manifestSHA256: [1], manifest: [123, 125],
                events: 1541, malformed: 0, receivedMilliseconds: 0, rawKey: "")
            _ = try location.open([plan], access: .readWrite).merge([BatchContribution(entry: entry, delta: delta)])
            for access in [WarehouseAccess.readOnly, .readWrite] {
                let again = try location.open([plan], access: access)
                let digests = try again.digests().map { "\($0)\n" }.joined()
                #expect(try digests == Recordings.digests("rsvps-2017-03-19"))
                #expect(try again.watermark == 1)
            }
        }
    }

    @Test(arguments: TestEngine.available)
    func anotherDefinitionIsRefusedWithWhatToDo(engine: TestEngine) throws {
        try TestWarehouse.withLocation(on: engine) { location in
            let file = Recordings.package.appending(path: "cloud/streams/rsvps.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            _ = try location.open([Recordings.plan()], access: .readWrite)
            for (old, new) in [
                ("\"within_ms\": 500", "\"within_ms\": 400"),
                ("\"path\": \"event.event_name\"", "\"path\": \"event.name\""),
                ("\"name\": \"photo\", \"type\": \"text\"", "\"name\": \"picture\", \"type\": \"text\""),
            ] {
                #expect(text.contains(old))
                let changed = try StreamPlan(json: Array(text.replacing(old, with: new).utf8), source: "changed.json")
                let error = #expect(throws: WarehouseError.self) {
                    try location.open([changed], access: .readWrite)
                }
                #expect(
                    error?.description.contains("restore that definition, or run 'waystation-cloud rebuild'") == true)
            }
        }
    }

    @Test(arguments: TestEngine.available)
    func anUnknownStreamIsAnErrorAndRollsBack(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let batch = try test.batch(Recordings.lines("rsvps-2017-03-19").prefix(5), sequence: 1)
            var foreign = try test.batch([], sequence: 2)
            foreign.delta = MergeDelta(plan: try OtherStream.plan())
            #expect(throws: WarehouseError.self) { try test.warehouse.merge([batch, foreign]) }
            #expect(try test.warehouse.watermark == 0)
            #expect(try test.warehouse.query("SELECT count(*) FROM members").rows == [[0]])
        }
    }

    @Test(arguments: TestEngine.available)
    func streamsThatAreMergedTogetherAreCountedEachForItself(engine: TestEngine) throws {
        let (meetings, weather) = try (Recordings.plan(), OtherStream.plan())
        let lines = Array(try Recordings.lines("rsvps-2017-03-19").prefix(10))
        func batch(_ plan: StreamPlan, _ lines: [String], _ device: String) throws -> BatchContribution {
            try TestWarehouse.with(plan, on: engine) { try $0.batch(lines, device: device, sequence: 1) }
        }
        let batches = try [batch(meetings, lines, "a"), batch(weather, OtherStreamTests.lines, "b")]
        try TestWarehouse.withLocation(on: engine) { location in
            let together = try location.open([meetings, weather], access: .readWrite)
            _ = try together.merge(batches)
            for (plan, batch) in zip([meetings, weather], batches) {
                let counters = try TestWarehouse.with(plan, on: engine) { alone in
                    _ = try alone.warehouse.merge([batch])
                    return try alone.warehouse.counters(stream: plan.name)
                }
                #expect(try together.counters(stream: plan.name) == counters)
                #expect(counters.events > 0)
            }
        }
    }

    /// What others merge meanwhile is not seen before the end of a snapshot, and then it is.
    @Test(arguments: TestEngine.available)
    func aSnapshotSeesOneState(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            _ = try test.warehouse.merge([test.batch(lines.prefix(10), sequence: 1)])
            let reader = try test.location.open([test.plan], access: .readOnly)
            try reader.snapshot {
                let digests = try reader.digests()
                _ = try test.warehouse.merge([test.batch(lines.suffix(10), sequence: 2)])
                #expect(try reader.digests() == digests)
                #expect(try reader.watermark == 1)
            }
            #expect(try reader.watermark == 2)
            #expect(try reader.digests() == test.warehouse.digests())
        }
    }

    @Test(arguments: TestEngine.available)
    func othersChangesAreNoticedOnce(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let reader = try test.location.open([test.plan], access: .readOnly)
            _ = try reader.hasChanged()
            _ = try test.warehouse.merge([test.batch([], sequence: 1)])
            #expect(try reader.hasChanged())
            if engine == .sqlite { #expect(try !reader.hasChanged()) }
        }
    }

    @Test(arguments: TestEngine.available)
    func otherStatementsMayBeRunWhileRowsAreHandedOver(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            _ = try test.warehouse.merge([test.batch(Recordings.lines("rsvps-2017-03-19"), sequence: 1)])
            var counts: [Int64] = []
            try test.warehouse.forEachRow("SELECT member_id FROM members ORDER BY member_id", []) { member in
                try test.warehouse.forEachRow(
                    "SELECT count(*) FROM rsvps WHERE member_id = $1", [.integer(member.integer(0))]
                ) { counts.append($0.integer(0)) }
            }
            #expect(counts.count > 1000 && counts.allSatisfy { $0 > 0 })
            let all = try test.warehouse.query("SELECT count(*) FROM rsvps").rows[0][0]
            #expect(.integer(counts.reduce(0, +)) == all)
        }
    }

    /// The reader can go on after an error of its own in the middle of the rows.
    @Test(arguments: TestEngine.available)
    func readingCanBeGivenUp(engine: TestEngine) throws {
        struct Enough: Error {}
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            _ = try test.warehouse.merge([test.batch(Recordings.lines("rsvps-2017-03-19"), sequence: 1)])
            let members = try #require(test.plan.table("members"))
            func giveUp() throws {
                var seen = 0
                #expect(throws: Enough.self) {
                    try test.warehouse.forEachRow(of: members) { _ in
                        seen += 1
                        if seen == 3 { throw Enough() }
                    }
                }
                #expect(seen == 3)
            }
            try giveUp()
            try test.warehouse.snapshot {
                try giveUp()
                try giveUp()
            }
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
        }
    }

    @Test(arguments: TestEngine.available)
    func gapsAreCountedOnce(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            var tally = GapTally()
            for (sequence, manifest) in ["{\"gaps\":[]}", "{\"gaps\":[{},{}]}", "{}"].enumerated() {
                _ = try test.warehouse.merge([
                    test.batch([], sequence: Int64(sequence + 1), manifest: manifest)
                ])
                try test.warehouse.addGaps(to: &tally)
            }
            #expect(tally.byDevice == ["device": 2])
        }
    }

    @Test(arguments: TestEngine.available)
    func aLongValueIsCountedUnderItsBeginning(engine: TestEngine) throws {
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let long = String(repeating: "é", count: 3000)
            let lines = [long, long + "x"].enumerated().map { number, country in
                """
                {"rsvp_id":\(number),"mtime":1500,"response":"yes","guests":0,"visibility":"public",\
                "member":{"member_id":1},"group":{"group_id":\(number),"group_country":"\(country)"},\
                "event":{"event_id":"1"}}
                """
            }
            _ = try test.warehouse.merge([test.batch(lines, sequence: 1)])
            let regions = try test.warehouse.counters(stream: "rsvps").regions
            #expect(regions == [.init(value: String(long.prefix(512)), label: nil, count: 2)])
        }
    }

    /// The longest keys that a message may have, made of what compresses badly, and longer texts that are no keys.
    @Test(arguments: TestEngine.available)
    func theLongestTextsCanBeMerged(engine: TestEngine) throws {
        var random = SeededGenerator(seed: 1)
        func text(_ count: Int, _ alphabet: [String]) -> String {
            (0..<count).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
        }
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789".map(String.init)
        let lines = (0..<4).map { number in
            let key = number < 2 ? text(2048, letters) : text(1024, ["\\u0000", "\\u0001"])
            return """
                {"rsvp_id":\(number),"mtime":1500,"response":"\(text(9000, letters))","guests":0,\
                "visibility":"\(text(9000, letters))","member":{"member_id":1,"photo":"\(text(9000, letters))",\
                "other_services":{"\(key)":{}}},"group":{"group_id":1,"group_topics":[{"urlkey":"\(key)"}]},\
                "event":{"event_id":"\(key)"}}
                """
        }
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            for sequence in 1...2 as ClosedRange<Int64> {
                let batch = try test.batch(lines.shuffled(using: &random), sequence: sequence)
                #expect(batch.entry.malformed == 0)
                _ = try test.warehouse.merge([batch])
            }
            #expect(try test.digests == Recordings.oracle(lines))
        }
    }
}
