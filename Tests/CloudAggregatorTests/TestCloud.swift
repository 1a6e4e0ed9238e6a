import ConfigurationFile
import Cryptography
import FleetProtocol
import Glibc
import Logging
import Signing
import Testing

@testable import CloudAggregator

/// A server with a state folder, keys and certificates of its own, on free ports.
struct TestCloud: Sendable {
    let folder: TemporaryFolder
    let configuration: CloudConfiguration
    let keys: KeyRing
    /// The devices' server and the dashboard's.
    let devices, dashboard: TestClient

    /// The fleet as a command sees it.
    func store() throws -> FleetStore {
        try FleetStore(path: configuration.state + "/fleet.sqlite")
    }

    var authority: String { "127.0.0.1:\(devices.port)" }

    /// Runs a server as long as `body` takes.
    /// - Parameters:
    ///   - batchMemory: see `CloudConfiguration`.
    ///   - keptConnections: see `CloudConfiguration`.
    static func run(
        clock: WallClock = .system, batchMemory: Int? = nil, keptConnections: Int? = nil,
        _ body: (TestCloud) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        var configuration = try makeConfiguration(in: folder)
        configuration.batchMemory = batchMemory ?? configuration.batchMemory
        configuration.keptConnections = keptConnections ?? configuration.keptConnections
        let (announcements, announcing) = AsyncStream.makeStream(of: (String, Int).self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try await CloudServer(configuration, clock: clock, logger: logger, signals: []) { name, address in
            announcing.yield((name, address.port))
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { announcing.finish() }
                try await server.run()
            }
            var ports: [String: Int] = [:]
            for await (name, port) in announcements {
                ports[name] = port
                if ports.count == 2 { break }
            }
            if let devices = ports["devices"], let dashboard = ports["dashboard"] {
                let cloud = TestCloud(
                    folder: folder, configuration: configuration, keys: try KeyRing(configuration),
                    devices: TestClient(port: devices, authority: configuration.devices.authority),
                    dashboard: TestClient(port: dashboard, authority: nil))
                do {
                    try await body(cloud)
                } catch {
                    Issue.record(error)
                }
                await server.stop()
            }
            try await tasks.waitForAll()
        }
    }

    /// A configuration whose files are all there.
    static func makeConfiguration(in folder: TemporaryFolder) throws -> CloudConfiguration {
        let certificate = folder.path + "/server.pem"
        let command = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
            -addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout '\(folder.path)/server.key' -out '\(certificate)' \
            2> /dev/null
            """
        guard system(command) == 0 else { throw TemporaryFolder.Failure.cannotMake }
        for name in ["receipt", "release", "timestamp"] {
            try folder.write(PrivateKey().pem(), to: name + ".pem")
        }
        for name in ["streams", "dashboard"] {
            guard mkdir(folder.path + "/" + name, 0o700) == 0 else { throw TemporaryFolder.Failure.cannotMake }
        }
        try folder.write(TestStream.definition, to: "streams/visits.json")
        try folder.write("<!doctype html><title>page</title>", to: "dashboard/index.html")
        try folder.write("\"use strict\";", to: "dashboard/dashboard.js")
        try folder.write("body { margin: 0 }", to: "dashboard/dashboard.css")
        try folder.write("/* plotly */", to: "plotly.min.js")
        let path = try folder.write(configurationText, to: "cloud.conf")
        return try CloudConfiguration(contentsOf: path)
    }

    private static let configurationText = """
        [cloud]
        state = state
        fleet = demo
        streams = streams
        [devices]
        listen = 127.0.0.1:0
        certificate = server.pem
        key = server.key
        authority = server.pem
        url = https://127.0.0.1:8443
        [dashboard]
        listen = 127.0.0.1:0
        assets = dashboard
        plotly = plotly.min.js
        [keys]
        receipt = receipt.pem
        release = release.pem
        timestamp = timestamp.pem
        [limits]
        wire = 64 KiB
        """
}
