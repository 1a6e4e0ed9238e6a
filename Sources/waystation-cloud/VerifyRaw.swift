import ArgumentParser
import CloudAggregator

/// `waystation-cloud verify-raw`
struct VerifyRaw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-raw",
        abstract: "Check every raw batch against its signature and the ledger.",
        discussion: """
            Reads all of each raw batch: its device's signature, its hashes, its events, its place; whether it is the one \
            that was merged. Then the other way round: whether each batch of the ledger is there, and follows the one \
            before it. Changes nothing, and may run while the server does.

            What is not as it must be gets a line on standard error, and the exit status is 1.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Move raw batches that are not what they must be to quarantine/.")
    var moveAside = false

    func run() async throws {
        var isGood = true
        try await options.run { configuration in
            let progress = Progress()
            let summary = try await VerificationJob(configuration).run(
                isMoving: moveAside,
                progress: { sum in progress.note { "\(sum.batches) batches, \(sum.flawed) flawed" } },
                complain: { Console.complain("\($0): \($1)") })
            isGood = summary.isGood
            Console.write(summary.description)
        }
        guard isGood else { throw ExitCode.failure }
    }
}
