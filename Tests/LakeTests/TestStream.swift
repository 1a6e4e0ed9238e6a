import Foundation
import JSON
import ObjectStore
import StreamDefinition
import Testing
import Warehouse

/// Orders of shops; times in milliseconds have echoes.
enum TestStream {
    static let days: ClosedRange<Int64> = 16_500...16_503

    static func plan(_ unit: TimeUnit = .second) throws -> StreamPlan {
        let echo = unit == .millisecond ? #""echo": {"whole_ms": 60, "within_ms": 30},"# : ""
        let json = """
            {"stream": "orders", "version": 1,
             "source": {"url": "wss://shop.example/orders", "transport": "websocket", "silence": "60 s"},
             "event": {"identity": "order", "time": "at", "unit": "\(unit.rawValue)"},
             "tables": [
              {"name": "shops", "keep": "newest", "key": ["shop"], "columns": [
                {"name": "shop", "type": "integer", "path": "shop.number"},
                {"name": "city", "type": "text", "path": "shop.city"},
                {"name": "lat", "type": "coordinate", "path": "shop.lat"},
                {"name": "open", "type": "boolean", "path": "shop.open"}]},
              {"name": "tags", "keep": "with", "of": "shops", "each": "shop.tags", "key": ["shop", "tag"], "columns": [
                {"name": "shop", "type": "integer", "path": "shop.number", "references": "shops"},
                {"name": "tag", "type": "text", "path": "@"}]},
              {"name": "orders", "keep": "latest", "of": "order_states", "key": ["order"], "columns": [
                {"name": "order", "type": "integer", "path": "order"},
                {"name": "shop", "type": "integer", "path": "shop.number", "required": true, "references": "shops"},
                {"name": "kept", "type": "text", "path": "kept"}, {"name": "at", "type": "integer", "path": "at"},
                {"name": "colour", "type": "text", "path": "colour"}]},
              {"name": "order_states", "keep": "revisions", "key": ["order", "at", "kept", "colour"],
               \(echo) "columns": [
                {"name": "order", "type": "integer", "path": "order", "references": "orders"},
                {"name": "at", "type": "integer", "path": "at"}, {"name": "kept", "type": "text", "path": "kept"},
                {"name": "colour", "type": "text", "path": "colour"}]}]}
            """
        return try StreamPlan(json: Array(json.utf8), source: "orders.json")
    }

    /// A message of few things, around few midnights, where no other time is given.
    static func message(
        _ unit: TimeUnit = .second, at time: Int64? = nil, _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let midnight = Int64.random(in: days, using: &random) * unit.time(ofMilliseconds: UTCDays.milliseconds)
        let usual = midnight + Int64.random(in: -70...70, using: &random)
        let order = Int.random(in: 0..<6, using: &random)
        let shop = Int.random(in: 0..<3, using: &random)
        let cities = ["null", "\"\"", "\"Łódź\"", "\"Rio\""]
        let tags = ["[]", "[\"a\"]", "[\"a\",\"ż\"]"]
        return Array(
            """
            {"order":\(order),"at":\(time ?? usual),"kept":"\(Bool.random(using: &random) ? "y" : "n")","colour":"red",\
            "shop":{"number":\(shop),"city":\(cities.randomElement(using: &random) ?? ""),"lat":\(shop).5,\
            "open":\(Bool.random(using: &random)),"tags":\(tags.randomElement(using: &random) ?? "")}}
            """.utf8)
    }
}

/// A folder with a warehouse, a lake and a place for what is written, gone afterwards.
final class TestSite {
    let folder: String
    let plan: StreamPlan
    let warehouse: any Warehouse
    private var sequence: Int64 = 0

    init(_ unit: TimeUnit = .second) throws {
        plan = try TestStream.plan(unit)
        folder = FileManager.default.temporaryDirectory.appending(path: "lake-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: "\(folder)/scratch", withIntermediateDirectories: true)
        warehouse = try WarehouseLocation.sqlite(path: "\(folder)/warehouse.sqlite").open(
            [plan], access: .readWrite)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    var scratch: String { "\(folder)/scratch" }

    func store(_ name: String = "lake") throws -> DirectoryObjectStore {
        try DirectoryObjectStore(root: "\(folder)/\(name)")
    }

    func merge(_ lines: [[UInt8]]) throws {
        var builder = DeltaBuilder(plan: plan)
        let parser = try JSONParser()
        for line in lines { try parser.parse(line) { try builder.add($0) } }
        sequence += 1
        let entry = LedgerEntry(
            device: "test", epoch: 1, sequence: sequence, stream: "orders",
            manifestSHA256: [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 32),
            manifest: Array("{}".utf8), events: builder.messages, malformed: 0, receivedMilliseconds: 0, rawKey: "")
        #expect(try warehouse.merge([BatchContribution(entry: entry, delta: builder.finish())]).outcomes == [.merged])
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
