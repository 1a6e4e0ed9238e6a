import ArgumentParser
import CloudAggregator

/// `waystation-cloud tables`
struct Tables: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the merged tables: names and row counts, digests, a diagram, or one table's canonical text.",
        discussion: """
            --digest prints a line a table: name, rows, SHA-256 of its canonical text. Equal digests mean equal tables.
            --table prints the canonical text: a row a line, a JSON array, sorted by bytes.
            --diagram prints tables, columns and references for Mermaid, as the stream files declare them.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Print name, rows and digest of each table.")
    var digest = false

    @Flag(help: "Print an entity-relationship diagram of the tables (Mermaid).")
    var diagram = false

    @Option(help: "Show the tables of that stream alone.")
    var stream: String?

    @Option(help: "Print the canonical text of that table.")
    var table: String?

    func validate() throws {
        if [digest, diagram, table != nil].count(where: \.self) > 1 {
            throw ValidationError("Give one of --digest, --diagram and --table.")
        }
    }

    func run() async throws {
        try await options.run { configuration in
            let job = try TableJob(configuration, stream: stream)
            if let table {
                Console.write(bytes: try job.canonicalText(of: table))
            } else if diagram {
                Console.write(job.diagram)
            } else {
                Console.write(digest ? try job.digests() : try job.counts())
            }
        }
    }
}
