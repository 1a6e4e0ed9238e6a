import ArgumentParser
import CloudAggregator

/// `waystation-cloud query`
struct Query: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one SQL statement that reads, on the merged tables.",
        discussion: """
            The tables are those of 'waystation-cloud tables'. Nothing can be changed; a query that runs too long or \
            gives too many rows is stopped, which is said on standard error.

            Example: waystation-cloud query "SELECT response, count(*) FROM rsvps GROUP BY response"
            """)

    @OptionGroup var options: ConfigurationOption

    @Argument(help: "The statement.")
    var sql: String

    @Option(help: "How to print the rows: table, csv or json.")
    var format = RowFormat.table

    @Option(help: "The most rows that are printed.")
    var limit = 10_000

    @Option(help: "The most seconds that it may take.")
    var timeout = 10

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is from 1 to 1000000.") }
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout is from 1 to 3600 seconds.") }
    }

    func run() async throws {
        try await options.run { configuration in
            let job = try QueryJob(configuration)
            let answer = try job.run(sql, limit: limit, timeout: .seconds(timeout))
            Console.write(format.text(columns: answer.columns, rows: answer.rows))
            if answer.isTruncated { Console.complain("only the first \(limit) rows are shown; --limit shows more") }
        }
    }
}
