import ArgumentParser

/// Sends as fast as the cloud answers.
struct Flood: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send as fast as the cloud answers, with so many batches under way.")

    @OptionGroup var target: LoadTarget

    @Option(help: "Devices.")
    var devices = 16

    @Option(help: "Events in all.")
    var events = 1_000_000

    @Option(help: "Events a batch; an edge at full speed seals about 1,500.")
    var batchEvents = 1_500

    @Option(help: "Batches under way at once, each over a connection of its own.")
    var inFlight = 24

    @Option(help: "Events of the stream to leave out first: what was sent before.")
    var skip = 0

    func validate() throws {
        guard devices > 0, events > 0, batchEvents > 0, inFlight > 0, skip >= 0 else {
            throw ValidationError("All numbers must be at least 1, --skip at least 0.")
        }
    }

    func run() async throws {
        let site = try LoadSite(target)
        let batches = try await site.prepare(devices: devices, events: events, batchEvents: batchEvents, skip: skip)
        let queue = BatchQueue(count: batches.entries.count)
        let report = LoadReport()
        report.start()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<inFlight {
                tasks.addTask {
                    let sender = BatchSender(site: site, batches: batches, report: report)
                    while let number = queue.next() { try await sender.send(number, due: .now) }
                    await sender.close()
                }
            }
            try await tasks.waitForAll()
        }
        try report.finish()
    }
}
