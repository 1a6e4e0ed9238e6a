import ArgumentParser
import CloudAggregator

/// `waystation-cloud tables`
struct Tables: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the merged tables: names and row counts, digests, or one table's canonical text.",
        discussion: """
            --digest prints a line a table: name, rows, SHA-256 of its canonical text. Equal digests mean equal tables.
            --table prints the canonical text: a row a line, a JSON array, sorted by bytes.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Print name, rows and digest of each table.")
    var digest = false

    @Option(help: "Print the canonical text of that table.")
    var table: String?

    func validate() throws {
        if digest && table != nil { throw ValidationError("Give either --digest or --table.") }
    }

    func run() async throws {
        try await options.run { configuration in
            let job = try TableJob(configuration)
            if let table {
                Console.write(bytes: try job.canonicalText(of: table))
            } else {
                Console.write(digest ? try job.digests() : try job.counts())
            }
        }
    }
}
