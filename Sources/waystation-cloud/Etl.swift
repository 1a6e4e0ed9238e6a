import ArgumentParser
import CloudAggregator

/// `waystation-cloud etl`
struct Etl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write all tables as Parquet, for DuckDB, pandas and Spark.",
        discussion: """
            Writes what has changed since the last time: of tables of events the days that have, each into a folder \
            'dt=YYYY-MM-DD' (UTC), of tables of things the whole. Where nothing has changed, nothing is written. All tables \
            are those of one commit. May run while the server does; the state folder needs space for the new files.

            The files go to 'lake/' where the raw batches are, or where [lake] says. 'manifest.json' names those of one \
            state, with rows and SHA-256, and is replaced when all are there; then old files are removed. What a run that \
            was cut off has left is removed by the next.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Write all rows anew.")
    var full = false

    func run() async throws {
        try await options.run { configuration in
            let summary = try LakeJob(configuration).run(isFull: full) { Console.complain($0.description) }
            Console.write("\(summary)\n")
        }
    }
}
