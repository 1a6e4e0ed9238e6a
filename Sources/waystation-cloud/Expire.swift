import ArgumentParser
import CloudAggregator

/// `waystation-cloud expire`
struct Expire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove old raw batches.",
        discussion: """
            Removes the raw batches that were sealed on a day (UTC) further back than --older-than and are merged. Their rows \
            stay in the tables; but tables that are rebuilt from raw batches then lack them, which 'rebuild' refuses \
            unless told otherwise.

            May run while the server does, and may be repeated: a timer can run it daily.
            """)

    @OptionGroup var options: ConfigurationOption

    @Option(help: "How long raw batches are kept: 90d, 2160h.", transform: Lifetime.init)
    var olderThan: Lifetime

    @Flag(help: "Only count what would be removed.")
    var dryRun = false

    func run() async throws {
        try await options.run { configuration in
            let summary = try ExpireJob(configuration).run(olderThan: olderThan.duration, isTrial: dryRun) {
                Console.complain("\($0) batches looked at")
            }
            Console.write(summary.description)
        }
    }
}
