import Foundation

@testable import ObjectStore

/// The servers of provisioning/lib/s3_stand_ins.py, started once and for as long as the tests run.
struct S3StandIns: Sendable {
    struct NotSetUp: Error, CustomStringConvertible {
        let reason: String
        var description: String { "no stand-ins for S3 (\(reason)): run provisioning/setup --for test" }
    }

    /// A server with a key that may do all.
    struct Server: Sendable {
        let endpoint: String
        let credentials: S3Credentials

        func location(bucket: String, prefix: String = "") -> S3Location {
            S3Location(bucket: bucket, prefix: prefix, region: "us-east-1", endpoint: endpoint)
        }

        func store(
            _ location: S3Location, credentials: S3Credentials? = nil, surroundings: S3Surroundings = .system
        ) -> S3ObjectStore {
            S3ObjectStore(
                location, credentials: credentials ?? self.credentials, trust: .systemAuthorities,
                pageSize: StoreKind.pageSize, surroundings: surroundings)
        }

        /// A store in a bucket of its own, below a prefix.
        func emptyStore() throws -> S3ObjectStore {
            let bucket = "bucket-\(UUID().uuidString.lowercased())"
            let store = store(location(bucket: bucket, prefix: "a station/ö"))
            try store.client.perform(S3Request(method: "PUT", body: []))
            return store
        }
    }

    let moto, rclone: Server

    static let shared = Result { try S3StandIns() }

    private init() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: project + ".waystation/venv/bin/python3")
        process.arguments = ["-B", project + "provisioning/lib/s3_stand_ins.py"]
        // It ends with its standard input, whose other end this process holds until its own end.
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var text = ""
        while text.filter({ $0 == "\n" }).count < 2 {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw NotSetUp(reason: "they ended at once") }
            text += String(decoding: bytes, as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        guard lines.map(\.first) == ["moto", "rclone"], lines.allSatisfy({ $0.count == 4 }) else {
            throw NotSetUp(reason: text)
        }
        let servers = lines.map {
            Server(endpoint: $0[1], credentials: S3Credentials(keyIdentifier: $0[2], secret: $0[3]))
        }
        (moto, rclone) = (servers[0], servers[1])
        Self.keep(input)
    }

    private nonisolated(unsafe) static var kept: [Pipe] = []

    private static func keep(_ pipe: Pipe) {
        kept.append(pipe)
    }
}
