import Cryptography
import EdgeCollector
import FleetProtocol
import Glibc
import StreamDefinition

/// What all runs of a process share: keys, the stream's definition, and the state folders in memory.
final class SimulationSite {
    /// The fleet that the devices belong to.
    static let fleet = "simulation"
    /// How many devices a run may have.
    static let maximumDevices = 3

    /// A device as it was enrolled.
    struct EnrolledDevice {
        let key: PrivateKey
        let state: StateDirectory
        let configuration: EdgeConfiguration
        var identifier: String { key.publicKey.deviceIdentifier }
    }

    private static func definition(_ transport: String, scheme: String) -> String {
        """
        {
          "stream": "answers", "version": 1,
          "source": { "url": "\(scheme)://source.example/answers", "transport": "\(transport)", "silence": "60 s",
                      "resume": { "url": "http://source.example/answers", "parameter": "since" } },
          "event": { "identity": "id", "time": "mtime" },
          "tables": [
            { "name": "members", "keep": "newest", "key": ["member"],
              "columns": [
                { "name": "member", "type": "integer", "path": "member.id" },
                { "name": "note", "type": "text", "path": "member.note" } ] },
            { "name": "answers", "keep": "latest", "of": "answer_revisions", "key": ["id"],
              "columns": [
                { "name": "id", "type": "integer", "path": "id" },
                { "name": "member", "type": "integer", "path": "member.id", "required": true, "references": "members" },
                { "name": "answer", "type": "text", "path": "answer" },
                { "name": "mtime", "type": "integer", "path": "mtime" } ] },
            { "name": "answer_revisions", "keep": "revisions", "key": ["id", "mtime", "answer"],
              "echo": { "whole_ms": 1000, "within_ms": 500 },
              "columns": [
                { "name": "id", "type": "integer", "path": "id", "references": "answers" },
                { "name": "mtime", "type": "integer", "path": "mtime" },
                { "name": "answer", "type": "text", "path": "answer" } ] }
          ]
        }
        """
    }

    let cloudKey: PrivateKey
    let plan: StreamPlan
    private(set) var devices: [EnrolledDevice] = []
    private let folder: StateDirectory
    private let httpPlan: StreamPlan

    /// The stream's name.
    var stream: String { plan.name }

    /// Makes the folders.
    init() throws {
        cloudKey = try PrivateKey(seed: [UInt8](repeating: 1, count: 32))
        plan = try StreamPlan(json: Array(Self.definition("websocket", scheme: "ws").utf8), source: "answers.json")
        httpPlan = try StreamPlan(json: Array(Self.definition("http", scheme: "http").utf8), source: "answers.json")
        let memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        folder = StateDirectory(path: "\(memory)/waystation-simulation-\(getpid())")
        for number in 0..<Self.maximumDevices { devices.append(try enrol(number)) }
    }

    deinit {
        for device in devices { Self.remove(device.state.path) }
        Self.remove(folder.path)
    }

    /// The configuration of a device in a scenario.
    func configuration(_ number: Int, _ scenario: Scenario.Device) -> EdgeConfiguration {
        var configuration = devices[number].configuration
        (configuration.spool, configuration.uplink) = (scenario.spool, scenario.uplink)
        switch scenario.subscription {
        case .webSocket: break
        case .http:
            configuration.streams[0].plan = httpPlan
            configuration.streams[0].url = "http://source.example/answers"
        case .webSocketAlone: configuration.streams[0].resume = nil
        }
        return configuration
    }

    private func enrol(_ number: Int) throws -> EnrolledDevice {
        let key = try PrivateKey(seed: [UInt8](repeating: UInt8(100 + number), count: 32))
        let state = StateDirectory(path: folder.path(of: "edge-\(number)"))
        try state.create()
        guard let cloud = CloudAddress(SimulatedTransfers.cloud) else {
            preconditionFailure("the simulated cloud has an address")
        }
        let grant = EnrolmentGrant(
            device: key.publicKey.deviceIdentifier, fleet: Self.fleet, state: .accepted, authority: "none",
            receiptKey: cloudKey.publicKey, releaseKey: cloudKey.publicKey, timestampKey: cloudKey.publicKey)
        _ = try state.create(Enrolment.keyName, Array(key.pem().utf8))
        try Enrolment(cloud: cloud, name: "", grant: grant).save(to: state)
        try state.replace("answers.json", Array(Self.definition("websocket", scheme: "ws").utf8))
        let text = "[edge]\nstate = \(state.path)\n[stream answers]\ndefinition = \(state.path(of: "answers.json"))\n"
        try state.replace("edge.conf", Array(text.utf8))
        let configuration = try EdgeConfiguration(contentsOf: state.path(of: "edge.conf"))
        return EnrolledDevice(key: key, state: state, configuration: configuration)
    }

    /// Removes a folder of files.
    private static func remove(_ path: String) {
        if let entries = opendir(path) {
            while let entry = readdir(entries) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink("\(path)/\(name)")
            }
            closedir(entries)
        }
        rmdir(path)
    }
}
