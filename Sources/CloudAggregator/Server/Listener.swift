import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// One of the two servers, with an error that says which address could not be taken.
struct Listener: Service {
    /// Called with the name and the address once the server is bound.
    typealias Announcement = @Sendable (String, ListenAddress) -> Void

    private let name: String
    private let address: ListenAddress
    private let application: any ApplicationProtocol

    init(
        name: String, address: ListenAddress, router: Router<ConnectionContext>, server: HTTPServerBuilder,
        connections: OpenConnections, logger: Logger, announce: @escaping Announcement
    ) {
        self.name = name
        self.address = address
        application = Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil,
                availableConnectionsDelegate: connections),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                announce(name, ListenAddress(host: address.host, port: port))
            },
            logger: logger)
    }

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw CloudError.system(operation: "listen for \(name) at", path: "\(address)", reason: error.description)
        }
    }
}
