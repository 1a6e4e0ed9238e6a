import CloudAggregator
import Cryptography
import NIOCore
import NIOPosix
import NIOSSL
import StreamReplay

/// The cloud that is loaded, and how it is reached.
final class LoadSite: Sendable {
    let receiptKey: PublicKey
    private let configuration: CloudConfiguration
    private let host: String
    private let port: Int
    private let seed: UInt64
    private let enrolments: Int
    private let context: NIOSSLContext
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Reads the cloud's configuration.
    init(_ target: LoadTarget) throws {
        configuration = try CloudConfiguration(contentsOf: target.config)
        receiptKey = try KeyRing(configuration).receipt.publicKey
        let url = configuration.devices.url
        let parts = url.dropFirst("https://".count).split(separator: ":")
        guard let name = parts.first, let port = target.port ?? parts.dropFirst().first.flatMap({ Int($0) }) else {
            throw LoadError.noAddress(url)
        }
        (host, self.port, seed, enrolments) = (String(name), port, target.seed, target.enrolments)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(configuration.devices.authority)
        context = try NIOSSLContext(configuration: tls)
    }

    /// A new connection.
    func connect() async throws -> CloudConnection {
        try await CloudConnection.open(host: host, port: port, context: context, group: group)
    }

    /// Enrols devices and seals all batches; says on standard error how far it is.
    func prepare(devices: Int, events: Int, batchEvents: Int, skip: Int = 0) async throws -> PreparedBatches {
        Progress.say("Enrolling \(devices) devices...")
        var fleet = try await enrol(devices)
        Progress.say("Sealing \(events) events...")
        var generator = GeneratedSource(.rsvps, count: skip + events, seed: seed)
        var text: [UInt8] = []
        for _ in 0..<skip where generator.appendNext(to: &text) { text.removeAll(keepingCapacity: true) }
        var left = events
        var turn = 0
        return try PreparedBatches {
            guard left > 0 else { return nil }
            let count = min(batchEvents, left)
            text.removeAll(keepingCapacity: true)
            for _ in 0..<count where generator.appendNext(to: &text) { text.append(UInt8(ascii: "\n")) }
            left -= count
            defer { turn = (turn + 1) % fleet.count }
            let sealed = try fleet[turn].seal(
                text, count: count, fleet: configuration.fleet, at: LoadClock.milliseconds)
            return (sealed.path, sealed.manifest, count, sealed.file)
        }
    }

    private func enrol(_ count: Int) async throws -> [LoadDevice] {
        let queue = BatchQueue(count: count)
        let desk = try InvitationDesk(configuration)
        return try await withThrowingTaskGroup(of: [LoadDevice].self) { tasks in
            for _ in 0..<min(enrolments, count) {
                tasks.addTask {
                    var devices: [LoadDevice] = []
                    let connection = try await self.connect()
                    while let number = queue.next() {
                        var device = try LoadDevice()
                        try await device.enrol(
                            token: desk.token(for: "load \(number)"), over: connection,
                            authority: "\(self.host):\(self.port)")
                        devices.append(device)
                    }
                    await connection.close()
                    return devices
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
    }
}
