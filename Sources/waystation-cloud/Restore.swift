import ArgumentParser
import CloudAggregator

/// `waystation-cloud restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the databases and models back to a backup, and forward to what came since.",
        discussion: """
            Fetches the backup and verifies all of it before anything is touched: signature, hashes, databases, table \
            digests. Then merges the raw batches that came after it, since their devices have receipts for them, and \
            brings devices and their epochs up to their records. Open invitations become void: they may have been used.

            The server must not run; it does not start on a restore that was not ended. Run again, it begins anew.

            A record or raw batch that cannot be taken gets a line on standard error, and the exit status is 1.
            """)

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var place: BackupPlace

    @Argument(help: "The backup's name; the newest where left out.")
    var backup: String?

    @Flag(help: "Set aside the databases that are there, into a folder 'replaced-TIME' of the state folder.")
    var replace = false

    func run() async throws {
        var refused = 0
        try await options.run { configuration in
            let logger = configuration.standardErrorLogger()
            let job = try RestoreJob(configuration, from: place.folder, logger: logger)
            let summary = try await job.run(backup, isReplacing: replace) { name, reason in
                refused += 1
                Console.complain("\(name) is not taken: \(reason)")
            }
            Console.write(summary.description)
        }
        guard refused == 0 else { throw ExitCode.failure }
    }
}
