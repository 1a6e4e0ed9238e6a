import ArgumentParser
import CloudAggregator

/// `waystation-cloud catch-up`
struct CatchUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Merge the raw batches that the warehouse lacks.",
        discussion: """
            For a warehouse that was put back to an older state by other means than 'restore', such as PostgreSQL's own \
            recovery: the devices have receipts for what came since and will not send it again. May run while the server \
            does, and may be repeated.

            A batch that cannot be taken gets a line on standard error, and the exit status is 1.
            """)

    @OptionGroup var options: ConfigurationOption

    func run() async throws {
        var refused = 0
        try await options.run { configuration in
            let job = try ImportJob(configuration, logger: configuration.standardErrorLogger())
            let summary = try await job.catchUp { name, reason in
                Console.complain("\(name) is not taken: \(reason)")
            }
            refused = summary.refused
            Console.write("\(summary)\n")
        }
        guard refused == 0 else { throw ExitCode.failure }
    }
}
