import Foundation
import JSON
import SQLite
import StreamDefinition
import Testing

@testable import Warehouse

@Suite struct SQLiteWarehouseTests {
    @Test func theSameBatchTwiceIsADuplicateAndChangesNothing() throws {
        try TestWarehouse.with(Recordings.plan()) { test in
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

    @Test func anotherBatchOfTheSameIdentityIsAConflictAndIsNotMerged() throws {
        try TestWarehouse.with(Recordings.plan()) { test in
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

    @Test func theLedgerGivesBackWhatWasEntered() throws {
        try TestWarehouse.with(Recordings.plan()) { test in
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

    @Test func anErrorInTheMiddleLeavesNothingBehind() throws {
        try TestWarehouse.with(Recordings.plan()) { test in
            let lines = try Recordings.lines("rsvps-2017-03-19")
            _ = try test.warehouse.merge([test.batch(lines.prefix(700), sequence: 1)])
            let before = (try test.digests, try test.warehouse.counters(stream: "rsvps"))
            let other = try SQLiteDatabase(path: test.path)
            try other.execute(
                """
                CREATE TRIGGER fault BEFORE INSERT ON rsvp_revisions WHEN (SELECT count(*) FROM rsvp_revisions) > 900
                BEGIN SELECT RAISE(ABORT, 'made to fail'); END
                """)
            let rest = try test.batch(lines.dropFirst(700), sequence: 2)
            let error = #expect(throws: SQLiteError.self) { try test.warehouse.merge([rest]) }
            #expect(error?.message == "made to fail")
            #expect(try test.digests == before.0)
            #expect(try test.warehouse.counters(stream: "rsvps") == before.1)
            #expect(try test.warehouse.watermark == 1)
            try other.execute("DROP TRIGGER fault")
            #expect(try test.warehouse.merge([rest]).outcomes == [.merged])
            #expect(try test.digests == Recordings.digests("rsvps-2017-03-19"))
            try test.expectSound()
        }
    }

    @Test func whatWasMergedIsThereAfterReopening() throws {
        try TemporaryFolder.with { folder in
            let plan = try Recordings.plan()
            let path = folder.appending(path: "w.sqlite").path
            let (delta, _) = try TestWarehouse.delta(Recordings.lines("rsvps-2017-03-19"), plan)
            let entry = LedgerEntry(
                device: "d", epoch: 1, sequence: 1, stream: "rsvps", manifestSHA256: [1], manifest: [123, 125],
                events: 1541, malformed: 0, receivedMilliseconds: 0, rawKey: "")
            _ = try SQLiteWarehouse(path: path, plans: [plan]).merge([BatchContribution(entry: entry, delta: delta)])
            for access in [WarehouseAccess.readOnly, .readWrite] {
                let again = try SQLiteWarehouse(path: path, plans: [plan], access: access)
                let digests = try again.digests().map { "\($0)\n" }.joined()
                #expect(try digests == Recordings.digests("rsvps-2017-03-19"))
                #expect(try again.watermark == 1)
            }
        }
    }

    @Test func anotherDefinitionIsRefusedWithWhatToDo() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            let file = Recordings.package.appending(path: "cloud/streams/rsvps.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            _ = try SQLiteWarehouse(path: path, plans: [Recordings.plan()])
            for (old, new) in [
                ("\"within_ms\": 500", "\"within_ms\": 400"),
                ("\"path\": \"event.event_name\"", "\"path\": \"event.name\""),
                ("\"name\": \"photo\", \"type\": \"text\"", "\"name\": \"picture\", \"type\": \"text\""),
            ] {
                #expect(text.contains(old))
                let changed = try StreamPlan(json: Array(text.replacing(old, with: new).utf8), source: "changed.json")
                let error = #expect(throws: WarehouseError.self) { try SQLiteWarehouse(path: path, plans: [changed]) }
                #expect(
                    error?.description.contains("restore that definition, or run 'waystation-cloud rebuild'") == true)
            }
        }
    }

    @Test func noKeyCanHoldNull() throws {
        try TestWarehouse.with(Recordings.plan()) { test in
            for table in test.plan.tables {
                for key in table.key {
                    let result = try test.warehouse.query(
                        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '\(table.name)'")
                    let sql = try #require(result.rows.first?.first?.text)
                    #expect(sql.contains("\"\(key)\" ") && sql.contains("STRICT"))
                    let column = try #require(sql.firstRange(of: "\"\(key)\" "))
                    #expect(sql[column.lowerBound...].prefix { $0 != "," }.contains("NOT NULL"), "\(table.name).\(key)")
                }
            }
        }
    }

    @Test func anUnknownStreamIsAnErrorAndRollsBack() throws {
        try TestWarehouse.with(Recordings.plan()) { test in
            let batch = try test.batch(Recordings.lines("rsvps-2017-03-19").prefix(5), sequence: 1)
            var foreign = try test.batch([], sequence: 2)
            foreign.delta = MergeDelta(plan: try OtherStream.plan())
            #expect(throws: WarehouseError.self) { try test.warehouse.merge([batch, foreign]) }
            #expect(try test.warehouse.watermark == 0)
            #expect(try test.warehouse.query("SELECT count(*) FROM members").rows == [[0]])
        }
    }
}
