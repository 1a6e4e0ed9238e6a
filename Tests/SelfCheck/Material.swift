import BatchFormat
import Cryptography
import EdgeCollector
import StreamDefinition

/// What is computed on: a real recording, a committed batch, a stream file, and a fixed key.
struct Material {
    /// The recording as it came off the wire.
    let recording: [UInt8]
    /// The messages of the recording, without their line feeds.
    let lines: [[UInt8]]
    /// A small batch file that was sealed by `key` long ago.
    let goldenBatch: [UInt8]
    /// The stream that the recording is of.
    let plan: StreamPlan
    /// The key that everything is signed with.
    let key: PrivateKey

    init(project: String) throws {
        recording = try Self.read("rsvps-2015-03-08.ndjson", in: "\(project)/Tests/Fixtures/recordings")
        goldenBatch = try Self.read("golden.batch", in: "\(project)/Tests/Fixtures/batches")
        plan = try StreamPlan.load(file: "\(project)/cloud/streams/rsvps.json")
        key = try PrivateKey(seed: Array(0..<32))
        var lines: [[UInt8]] = []
        EventLines(recording).forEach { lines.append(Array($0)) }
        self.lines = lines
    }

    private static func read(_ name: String, in folder: String) throws -> [UInt8] {
        guard let bytes = try StateDirectory(path: folder).read(name) else {
            throw CheckFailure(description: "there is no \(folder)/\(name)")
        }
        return bytes
    }
}
