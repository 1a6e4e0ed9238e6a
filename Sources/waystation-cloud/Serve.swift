import ArgumentParser
import CloudAggregator

/// `waystation-cloud serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server: devices over TLS, the dashboard on loopback.",
        discussion: """
            Prints 'listening devices HOST:PORT' and 'listening dashboard HOST:PORT' on standard output once it is \
            bound; logs to standard error. SIGTERM and SIGINT let the requests under way end.
            """)

    @OptionGroup var options: ConfigurationOption

    func run() async throws {
        try await options.run { configuration in
            let logger = configuration.standardErrorLogger()
            let server = try await CloudServer(configuration, logger: logger) { name, address in
                Console.write("listening \(name) \(address)\n")
            }
            try await server.run()
        }
    }
}
