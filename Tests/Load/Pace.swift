import ArgumentParser

/// Sends at a rate of its own, however fast the cloud answers.
struct Pace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send so many events a second, however fast the cloud answers.",
        discussion: """
            Each batch has its moment, whether those before it are answered or not; latency counts from that moment.
            """)

    @OptionGroup var target: LoadTarget

    @Option(help: "Events a second.")
    var rate = 10_000

    @Option(help: "Devices, each with a connection of its own.")
    var devices = 100

    @Option(help: "How long, in seconds.")
    var seconds = 60

    @Option(help: "Events a batch.")
    var batchEvents = 500

    func validate() throws {
        guard rate > 0, devices > 0, seconds > 0, batchEvents > 0 else {
            throw ValidationError("All numbers must be at least 1.")
        }
    }

    func run() async throws {
        let site = try LoadSite(target)
        let batches = try await site.prepare(devices: devices, events: rate * seconds, batchEvents: batchEvents)
        let gap = Duration.seconds(1) / (Double(rate) / Double(batchEvents))
        try await Schedule(devices: devices, interval: gap * devices).run(site, batches)
    }
}
