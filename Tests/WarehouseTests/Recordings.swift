import Foundation
import JSON
import StreamDefinition
import Testing

@testable import Warehouse

/// The recordings, the stream file and the oracle, found from here.
enum Recordings {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let folder = package.appending(path: "Tests/Fixtures/recordings")
    static let names = ["rsvps-2015-03-08", "rsvps-2017-03-19"]

    static func plan() throws -> StreamPlan {
        try StreamPlan.load(file: package.appending(path: "cloud/streams/rsvps.json").path)
    }

    static func lines(_ name: String) throws -> [String] {
        try String(contentsOf: folder.appending(path: "\(name).ndjson"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    static func digests(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name).digests"), encoding: .utf8)
    }

    /// What the oracle prints for lines.
    static func oracle(_ lines: [String]) throws -> String {
        try python([package.appending(path: "Tests/oracle/merge_oracle.py").path], reading: lines)
    }

    /// What a Python program prints that is given the name of a file with those lines.
    static func python(_ arguments: [String], reading lines: [String]) throws -> String {
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "lines")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
            return try python(arguments + [file.path])
        }
    }

    /// What a Python program prints.
    static func python(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "python3 \(arguments)")
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A folder that is gone afterwards.
enum TemporaryFolder {
    static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// A warehouse in a folder of its own, and short ways to put something in.
final class TestWarehouse {
    let warehouse: SQLiteWarehouse
    let path: String

    private init(_ path: String, _ plan: StreamPlan) throws {
        self.path = path
        warehouse = try SQLiteWarehouse(path: path, plans: [plan])
    }

    static func with<Result>(
        _ path: String, _ plan: StreamPlan, _ body: (TestWarehouse) throws -> Result
    ) throws -> Result {
        try body(TestWarehouse(path, plan))
    }

    static func with<Result>(_ plan: StreamPlan, _ body: (TestWarehouse) throws -> Result) throws -> Result {
        try TemporaryFolder.with { try body(TestWarehouse($0.appending(path: "warehouse.sqlite").path, plan)) }
    }

    var plan: StreamPlan { warehouse.plans[0] }

    /// A delta of lines, and how many were refused.
    static func delta(_ lines: some Sequence<String>, _ plan: StreamPlan) throws -> (
        delta: MergeDelta, malformed: Int64
    ) {
        let parser = try JSONParser()
        var delta = MergeDelta(plan: plan)
        var malformed: Int64 = 0
        for line in lines {
            do {
                try parser.parse(Array(line.utf8)) { try delta.add($0) }
            } catch is MappingError {
                malformed += 1
            } catch is JSONError {
                malformed += 1
            }
        }
        return (delta, malformed)
    }

    func batch(
        _ lines: some Collection<String>, device: String = "device", epoch: Int64 = 1, sequence: Int64,
        manifest: String? = nil
    ) throws -> BatchContribution {
        let (delta, malformed) = try Self.delta(lines, plan)
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

    /// Fails where SQLite finds a damaged index or a reference that leads nowhere.
    func expectSound(_ location: SourceLocation = #_sourceLocation) throws {
        var found: [String] = []
        try warehouse.forEachRow("PRAGMA integrity_check", []) { found.append($0.value(0).text ?? "") }
        #expect(found == ["ok"], sourceLocation: location)
        var dangling = 0
        try warehouse.forEachRow("PRAGMA foreign_key_check", []) { _ in dangling += 1 }
        #expect(dangling == 0, sourceLocation: location)
    }
}

/// A random number generator whose runs can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
