import Testing

@testable import Warehouse

/// A new stream is a new file: nothing knows the first one.
@Suite struct OtherStreamTests {
    static let lines = [
        #"{"reading":"r1","meta":{"changed":10},"value":{"celsius":20.5},"good":true,"tags":["hot","dry"],"station":{"network":"n","number":1,"height":7,"sensors":[{"port":1,"model":"a"},{"port":2,"heated":true,"model":"b"},{"port":1,"model":"c"}]}}"#,
        #"{"reading":"r1","meta":{"changed":20},"value":{"celsius":-1e-3},"good":true,"tags":["dry"],"station":{"network":"n","number":1,"height":7.25,"sensors":[{"port":2,"heated":false}]}}"#,
        #"{"reading":"r2","meta":{"changed":5},"value":{"celsius":3},"good":false}"#,
        #"{"reading":"r1","meta":{"changed":15},"value":{"celsius":21},"good":true,"station":{"network":"m","number":1}}"#,
        #"{"reading":"r3","meta":{"changed":15},"value":{"celsius":null}}"#,
        #"{"reading":"r3","meta":{"changed":15},"value":{"celsius":1},"station":{"network":"m"}}"#,
        #"{"reading":"r3","meta":{"changed":15},"value":{"celsius":1},"good":"yes"}"#,
    ]

    @Test(arguments: TestEngine.runs(12))
    func anyOrderAndBatchingGivesTheTablesThatTheFileDeclares(run: TestRun) throws {
        let (engine, seed) = (run.engine, run.seed)
        var random = SeededGenerator(seed: seed)
        let lines = (Self.lines + Self.lines).shuffled(using: &random)
        try TestWarehouse.with(OtherStream.plan(), on: engine) { test in
            var malformed: Int64 = 0
            for (number, start) in stride(from: 0, to: lines.count, by: 5).enumerated() {
                let batch = try test.batch(lines[start..<min(start + 5, lines.count)], sequence: Int64(number + 1))
                malformed += batch.entry.malformed
                _ = try test.warehouse.merge([batch])
            }
            #expect(malformed == 6)
            func text(_ table: String) throws -> String {
                String(decoding: try test.warehouse.canonicalText(table: table), as: UTF8.self)
            }
            #expect(try text("stations") == "[\"m\",1,null]\n[\"n\",1,7.25]\n")
            #expect(try text("sensors") == "[\"n\",1,2,0,null]\n")
            #expect(try text("tags") == "[\"dry\"]\n[\"hot\"]\n")
            #expect(try text("readings") == "[\"r1\",\"n\",1,-0.001,1,20]\n[\"r2\",null,null,3,0,5]\n")
            #expect(
                try text("reading_history") == "[\"r1\",-0.001,20]\n[\"r1\",20.5,10]\n[\"r1\",21,15]\n[\"r2\",3,5]\n")
            try test.expectSound()
            let counters = try test.warehouse.counters(stream: "weather")
            #expect(counters.split == ["true": 3, "false": 1])
            #expect(counters.categories.map(\.value) == ["dry", "hot"])
            #expect(counters.categories.map(\.count) == [2, 1])
        }
    }

    @Test(arguments: TestEngine.available)
    func ofElementsWithTheSameKeyTheGreatestCounts(engine: TestEngine) throws {
        try TestWarehouse.with(OtherStream.plan(), on: engine) { test in
            _ = try test.warehouse.merge([test.batch(Self.lines.prefix(1), sequence: 1)])
            let text = try test.warehouse.canonicalText(table: "sensors")
            #expect(String(decoding: text, as: UTF8.self) == "[\"n\",1,1,null,\"c\"]\n[\"n\",1,2,1,\"b\"]\n")
        }
    }

    @Test(arguments: TestEngine.available)
    func twoStreamsShareAPlaceButNoTable(engine: TestEngine) throws {
        try TestWarehouse.withLocation(on: engine) { location in
            let both = try location.open([Recordings.plan(), OtherStream.plan()], access: .readWrite)
            #expect(try both.digests().map(\.name).suffix(2) == ["readings", "reading_history"])
            #expect(throws: WarehouseError.self) {
                try location.open([OtherStream.plan(), OtherStream.plan()], access: .readWrite)
            }
        }
    }
}
