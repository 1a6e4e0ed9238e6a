import ArgumentParser
import CloudAggregator

/// `waystation-cloud rebuild`
struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the tables again from the raw batches alone.",
        discussion: """
            For tables that are damaged or lost, or whose stream files have changed. Verifies every raw batch, makes new \
            tables beside the old ones, and puts them in their place in one step at the end; the old tables are not read. \
            Whoever was forgotten is left out. Needs space for both.

            Neither the server nor an import may run. Run again after it was stopped, it goes on where it was.

            Batches that cannot be taken get a line on standard error each; then, or where raw batches were removed by \
            'expire', the old tables stay, unless --partial is given. Watermarks begin anew: the next 'etl' writes the lake \
            as a whole.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Replace the tables even if raw batches are refused or were removed.")
    var partial = false

    @Flag(help: "Do not go on with what an earlier run has made.")
    var startAnew = false

    func run() async throws {
        var refused = 0
        try await options.run { configuration in
            let progress = Progress()
            let summary = try await RebuildJob(configuration).run(
                isPartial: partial, isStartingAnew: startAnew,
                progress: { sum in progress.note { "\(sum.batches) batches, \(sum.events) events" } },
                complain: { Console.complain("\($0) is refused: \($1)") })
            refused = summary.refused
            Console.write(summary.description)
        }
        guard refused == 0 else { throw ExitCode.failure }
    }
}
