import Foundation
import JSON
import PostgreSQL
import StreamDefinition
import Testing

@testable import Warehouse

/// A warehouse of its own that is gone afterwards, and short ways to put something in.
final class TestWarehouse {
    let engine: TestEngine
    let location: WarehouseLocation
    let warehouse: any Warehouse

    init(_ location: WarehouseLocation, _ plan: StreamPlan) throws {
        self.location = location
        engine = if case .sqlite = location { .sqlite } else { .postgresql }
        warehouse = try location.open([plan], access: .readWrite)
    }

    static func with<Result>(
        _ plan: StreamPlan, on engine: TestEngine, _ body: (TestWarehouse) throws -> Result
    ) throws -> Result {
        try withLocation(on: engine) { try body(TestWarehouse($0, plan)) }
    }

    /// Calls `body` with a place where no warehouse is yet.
    static func withLocation<Result>(on engine: TestEngine, _ body: (WarehouseLocation) throws -> Result) throws
        -> Result
    {
        switch engine {
        case .sqlite: try TemporaryFolder.with { try body(.sqlite(path: $0.appending(path: "warehouse.sqlite").path)) }
        case .postgresql: try withSchema { try body(.postgresql($0)) }
        }
    }

    /// Calls `body` with a schema that is not made yet.
    static func withSchema<Result>(_ body: (PostgreSQLLocation) throws -> Result) throws -> Result {
        let address = try PostgreSQLAddress(#require(TestEngine.server))
        let schema = "test_" + UUID().uuidString.lowercased()
        defer {
            do {
                try PostgreSQLConnection(address).execute("DROP SCHEMA IF EXISTS \"\(schema)\" CASCADE")
            } catch {
                Issue.record(error)
            }
        }
        return try body(PostgreSQLLocation(address: address, schema: schema))
    }

    var plan: StreamPlan { warehouse.plans[0] }

    /// A delta of lines, and how many were refused.
    static func delta(
        _ lines: some Sequence<String>, _ plan: StreamPlan, knowsObjects: Bool = false
    ) throws -> (delta: MergeDelta, malformed: Int64) {
        let parser = try JSONParser()
        var builder = DeltaBuilder(plan: plan, knowsObjects: knowsObjects)
        var malformed: Int64 = 0
        for line in lines {
            do {
                try parser.parse(Array(line.utf8)) { try builder.add($0) }
            } catch is MappingError {
                malformed += 1
            } catch is JSONError {
                malformed += 1
            }
        }
        return (builder.finish(), malformed)
    }

    func batch(
        _ lines: some Collection<String>, device: String = "device", epoch: Int64 = 1, sequence: Int64,
        manifest: String? = nil, knowsObjects: Bool = false
    ) throws -> BatchContribution {
        let (delta, malformed) = try Self.delta(lines, plan, knowsObjects: knowsObjects)
        let manifest = Array((manifest ?? "{\"batch\":\"\(device)/\(epoch)/\(sequence)\"}").utf8)
        return BatchContribution(
            entry: LedgerEntry(
                device: device, epoch: epoch, sequence: sequence, stream: plan.name,
                manifestSHA256: manifest.suffix(32),
                manifest: manifest, events: Int64(lines.count), malformed: malformed,
                receivedMilliseconds: 1_700_000_000_000 + sequence, rawKey: "raw/\(device)/\(epoch)/\(sequence)"),
            delta: delta)
    }

    var digests: String {
        get throws { try warehouse.digests().map { "\($0)\n" }.joined() }
    }

    /// Runs a script beside the warehouse, as another program.
    func execute(_ script: String) throws {
        switch location {
        case .sqlite(let path): try SQLiteScript.run(script, in: path)
        case .postgresql(let location):
            let connection = try PostgreSQLConnection(location.address)
            try connection.execute("SET search_path TO \"\(location.schema)\"; \(script)")
        }
    }

    /// Fails where a reference leads nowhere, or SQLite finds a damaged index.
    func expectSound(_ location: SourceLocation = #_sourceLocation) throws {
        if engine == .sqlite {
            var found: [String] = []
            try warehouse.forEachRow("PRAGMA integrity_check", []) { found.append($0.value(0).text ?? "") }
            #expect(found == ["ok"], sourceLocation: location)
        }
        for table in plan.tables {
            for key in table.foreignKeys {
                let isSet = key.columns.map { "t.\"\($0)\" IS NOT NULL" }
                let isEqual = zip(key.columns, key.referenced).map { "o.\"\($1)\" = t.\"\($0)\"" }
                var dangling: Int64 = -1
                try warehouse.forEachRow(
                    """
                    SELECT count(*) FROM "\(table.name)" AS t WHERE \(isSet.joined(separator: " AND ")) AND NOT EXISTS \
                    (SELECT 1 FROM "\(key.table)" AS o WHERE \(isEqual.joined(separator: " AND ")))
                    """, []
                ) { dangling = $0.integer(0) }
                #expect(dangling == 0, "\(table.name) -> \(key.table)", sourceLocation: location)
            }
        }
    }
}
