import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The server: devices over TLS, the dashboard on loopback, one fleet and one warehouse behind both.
public struct CloudServer: Sendable {
    /// How long requests under way may take when the server stops.
    private static let shutdownLimit = Duration.seconds(20)
    /// The connections to the dashboard.
    private static let dashboardConnections = 256

    private let group: ServiceGroup
    private let threads: IntakeThreads
    private let lock: ServeLock

    /// Opens everything, so that what is missing or wrong shows before a port is bound.
    ///
    /// - Parameters:
    ///   - signals: what asks the server to end.
    ///   - announce: called with `devices` or `dashboard` and the address once that server is bound.
    public init(
        _ configuration: CloudConfiguration, clock: WallClock = .system, logger: Logger,
        signals: [UnixSignal] = [.sigterm, .sigint],
        announce: @escaping @Sendable (String, ListenAddress) -> Void
    ) async throws {
        let core = try CloudCore(configuration, clock: clock, logger: logger)
        let watch = core.fleetWatch()
        try await watch.load()
        let http = HTTP1Channel.Configuration(idleTimeout: TimeAmount(configuration.idleLimit))
        let connections = OpenConnections(limit: configuration.connections, kept: configuration.keptConnections)
        let devices = Listener(
            name: "devices", address: configuration.devices.listen, router: core.deviceRoutes(connections).router(),
            server: try DeviceChannel.server(tls: core.keys.tls, http: http), connections: connections, logger: logger,
            announce: announce)
        let dashboard = Listener(
            name: "dashboard", address: configuration.dashboard.listen, router: try core.dashboardRoutes().router(),
            server: .http1(configuration: http),
            connections: OpenConnections(limit: Self.dashboardConnections, kept: Self.dashboardConnections),
            logger: logger, announce: announce)
        // The last one stops first: whoever waits is sent home before the servers wait for their requests.
        let services: [any Service] = [
            watch, devices, dashboard, LiveService(feed: core.feed, bulletin: core.bulletin),
        ]
        var group = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: signals, logger: logger)
        group.maximumGracefulShutdownDuration = Self.shutdownLimit
        self.group = ServiceGroup(configuration: group)
        threads = core.threads
        lock = core.lock
    }

    /// Serves until a signal or `stop` asks to end, then lets requests under way end.
    public func run() async throws {
        threads.start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await group.run())
        } catch {
            result = .failure(error)
        }
        try await threads.shutdown()
        try result.get()
    }

    /// Asks the server to end.
    public func stop() async {
        await group.triggerGracefulShutdown()
    }
}
