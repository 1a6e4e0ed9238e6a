import Glibc
import JSON
import StreamDefinition
import Testing
import Warehouse

/// A warehouse in a folder of its own that goes with it.
final class TestWarehouse {
    let plan: StreamPlan
    private let folder: String
    private let location: WarehouseLocation
    private let warehouse: any Warehouse
    private var sequence: Int64 = 0

    init(_ plan: StreamPlan) throws {
        var template = Array("/tmp/waystation-learning-XXXXXX\0".utf8CString)
        guard let made = mkdtemp(&template) else { throw WarehouseError.unknownStream("no temporary folder") }
        folder = String(cString: made)
        self.plan = plan
        location = .sqlite(path: "\(folder)/warehouse.sqlite")
        warehouse = try location.open([plan], access: .readWrite)
    }

    deinit {
        for name in ["warehouse.sqlite", "warehouse.sqlite-wal", "warehouse.sqlite-shm"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// A warehouse of the kind that a training gets.
    func reader() throws -> any Warehouse {
        try location.open([plan], access: .readOnly)
    }

    /// Merges messages; lines that are no whole message are left out.
    func merge(_ lines: some Sequence<[UInt8]>) throws {
        var builder = DeltaBuilder(plan: plan)
        let parser = try JSONParser()
        for line in lines {
            do {
                try parser.parse(line) { try builder.add($0) }
            } catch is JSONError {
                continue
            }
        }
        sequence += 1
        let entry = LedgerEntry(
            device: "test", epoch: 1, sequence: sequence, stream: plan.name,
            manifestSHA256: [UInt8](repeating: 0, count: 32), manifest: Array("{}".utf8), events: builder.messages,
            malformed: 0, receivedMilliseconds: 0, rawKey: "")
        let report = try warehouse.merge([BatchContribution(entry: entry, delta: builder.finish())])
        #expect(report.outcomes == [.merged])
    }
}

/// The files that tests read.
enum Fixture {
    /// The lines of a real recording.
    static func recording(_ name: String) throws -> [[UInt8]] {
        try read("../Fixtures/recordings/\(name)").split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    /// The plan of the stream file that the recordings are of.
    static func plan() throws -> StreamPlan {
        try StreamPlan(json: read("../../cloud/streams/rsvps.json"), source: "rsvps.json")
    }

    private static func read(_ name: String) throws -> [UInt8] {
        let path = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        guard let file = fopen("\(path)/\(name)", "rb") else { throw WarehouseError.unknownStream("\(path)/\(name)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static let recordings = ["rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson"]
}
