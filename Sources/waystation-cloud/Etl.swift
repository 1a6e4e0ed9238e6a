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

            With --from-raw the lake is made of the raw batches alone, every one verified, without reading or making tables in \
            a database: the same rows, sooner than by 'rebuild'. Whoever was forgotten is left out. Batches that cannot be \
            taken get a line on standard error each; then, or where raw batches were removed by 'expire', the lake stays as it \
            was, unless --partial is given. The next 'etl' without it looks through all tables once.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Write all rows anew.")
    var full = false

    @Flag(help: "Make all rows of the raw batches, not of the tables.")
    var fromRaw = false

    @Flag(help: "With --from-raw: replace the lake even if raw batches are refused or were removed.")
    var partial = false

    func validate() throws {
        guard !partial || fromRaw else { throw ValidationError("--partial goes with --from-raw") }
    }

    func run() async throws {
        var refused = 0
        try await options.run { configuration in
            guard fromRaw else {
                let summary = try LakeJob(configuration).run(isFull: full) { Console.complain($0.description) }
                return Console.write("\(summary)\n")
            }
            let progress = Progress()
            let summary = try await RawLakeJob(configuration).run(
                isPartial: partial,
                progress: { sum in progress.note { "\(sum.batches) batches, \(sum.events) events" } },
                report: { Console.complain($0.description) },
                complain: { Console.complain("\($0) is refused: \($1)") })
            refused = summary.refused
            Console.write(summary.description)
        }
        guard refused == 0 else { throw ExitCode.failure }
    }
}
