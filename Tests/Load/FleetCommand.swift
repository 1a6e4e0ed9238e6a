import ArgumentParser

/// Is a fleet: each device sends a batch at its own moment of each minute.
struct FleetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Be a fleet: each device sends a batch at its own moment of each minute.",
        discussion: """
            Each device holds one connection as long as the cloud keeps it, as an edge does, unless --reconnect is \
            given. [limits] in cloud.conf says how many that are; there must be as many open files (ulimit -n), here and \
            in the cloud. Latency counts from the batch's moment on.
            """)

    @OptionGroup var target: LoadTarget

    @Option(help: "Devices.")
    var devices = 10_000

    @Option(help: "Minutes, and so batches a device.")
    var minutes = 10

    @Option(help: "Events a batch.")
    var batchEvents = 30

    @Flag(help: "Open a connection for each batch.")
    var reconnect = false

    func validate() throws {
        guard devices > 0, minutes > 0, batchEvents > 0 else {
            throw ValidationError("All numbers must be at least 1.")
        }
    }

    func run() async throws {
        let site = try LoadSite(target)
        let batches = try await site.prepare(
            devices: devices, events: devices * minutes * batchEvents, batchEvents: batchEvents)
        try await Schedule(devices: devices, interval: .seconds(60), keepsConnections: !reconnect).run(site, batches)
    }
}
