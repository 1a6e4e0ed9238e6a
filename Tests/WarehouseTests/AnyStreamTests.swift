import Foundation
import StreamDefinition
import Testing

@testable import Warehouse

/// A stream is one file: whatever it declares, the tables are those that the general oracle computes from that file.
@Suite struct AnyStreamTests {
    static let files = [
        "cloud/streams/rsvps.json", "cloud/streams/photos.json", "cloud/streams/event_comments.json",
        "Tests/Fixtures/streams/recentchange.json", "Tests/Fixtures/streams/weather.json",
    ]

    private static func path(_ file: String) -> String {
        Recordings.package.appending(path: file).path
    }

    /// What the general oracle says of lines.
    private static func oracle(_ file: String, _ lines: [String], _ options: [String] = []) throws -> String {
        try Recordings.python(
            [path("Tests/oracle/stream_oracle.py")] + options + [path(file)], reading: lines)
    }

    @Test(arguments: files, 1...6 as ClosedRange<UInt64>)
    func anySplitOrderAndRepetitionGivesTheOraclesTables(file: String, seed: UInt64) throws {
        let plan = try StreamPlan.load(file: Self.path(file))
        var tricky = TrickyStream(plan, random: SeededGenerator(seed: seed))
        var lines = (0..<Int.random(in: 20...90, using: &tricky.random)).map { _ in tricky.message() }
        for _ in 0..<lines.count / 4 { lines.append(tricky.pick(lines)) }
        let refused = try Self.oracle(file, lines, ["--refused"]).split(separator: "\n").count
        #expect(refused < lines.count / 2, "seed \(seed)")
        let expected = try Self.oracle(file, lines)
        let runs = TestEngine.available.flatMap { engine in
            (engine == .sqlite ? [1, 7, lines.count] : [7]).map { (engine, $0) }
        }
        for (engine, size) in runs {
            lines.shuffle(using: &tricky.random)
            try TestWarehouse.with(plan, on: engine) { test in
                var malformed: Int64 = 0
                for (number, start) in stride(from: 0, to: lines.count, by: size).enumerated() {
                    let batch = try test.batch(
                        lines[start..<min(start + size, lines.count)], sequence: Int64(number + 1),
                        knowsObjects: number.isMultiple(of: 2))
                    malformed += batch.entry.malformed
                    _ = try test.warehouse.merge([batch])
                }
                #expect(try test.digests == expected, "seed \(seed), \(engine), batches of \(size)")
                #expect(malformed == refused, "seed \(seed)")
                try test.expectSound()
            }
        }
    }

    @Test(arguments: Recordings.names) func theGeneralOracleAgreesWithThatOfRSVPs(name: String) throws {
        let lines = try Recordings.lines(name)
        #expect(try Self.oracle("cloud/streams/rsvps.json", lines) == Recordings.digests(name))
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func bothOraclesAgreeOnMessagesMadeToCollide(seed: UInt64) throws {
        var tricky = TrickyMessages(random: SeededGenerator(seed: seed))
        let lines = (0..<120).map { _ in tricky.message() }
        #expect(try Self.oracle("cloud/streams/rsvps.json", lines) == Recordings.oracle(lines), "seed \(seed)")
    }

    /// Wikimedia's stream of recent changes: times in seconds, identities and keys of text, truths.
    @Test(arguments: TestEngine.available)
    func aRecordingOfWikimediasChangesGivesTheOraclesTables(engine: TestEngine) throws {
        let file = "Tests/Fixtures/streams/recentchange.json"
        let lines = try Recordings.lines("recentchange")
        try TestWarehouse.with(StreamPlan.load(file: Self.path(file)), on: engine) { test in
            let half = lines.count / 2
            let late = try test.batch(lines[half...], sequence: 2)
            let early = try test.batch(lines[..<half], sequence: 1)
            #expect(early.entry.malformed + late.entry.malformed == 0)
            _ = try test.warehouse.merge([late])
            _ = try test.warehouse.merge([early])
            #expect(try test.digests == Self.oracle(file, lines))
            let counters = try test.warehouse.counters(stream: "recentchange")
            #expect(counters.events == Int64(lines.count) && counters.revisions < Int64(lines.count))
            #expect(counters.split.keys.sorted() == ["false", "true"])
            #expect(counters.categories.contains { $0.value == "enwiki" && $0.label == "en.wikipedia.org" })
        }
    }

    @Test func theRecordingOfWikimediasChangesIsWhatItsGeneratorWrites() throws {
        let written = try Recordings.python([Self.path("Tests/Fixtures/streams/recentchange.py")])
        #expect(try written.split(separator: "\n").map(String.init) == Recordings.lines("recentchange"))
    }
}
