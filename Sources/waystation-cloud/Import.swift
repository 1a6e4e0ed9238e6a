import ArgumentParser
import CloudAggregator

/// `waystation-cloud import`
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Merge batches that were carried here as files.",
        discussion: """
            Takes each file in DIR that ends in '.batch', as 'waystation-edge export' writes them, through the same \
            checks as an upload; its device must be enrolled and accepted. Batches known already change nothing, so that \
            it may be repeated. The files stay where they are.

            A refused file gets a line on standard error that says why, and the exit status is 1; the others are taken \
            all the same. The devices have their receipts when they next upload.
            """)

    @OptionGroup var options: ConfigurationOption

    @Argument(help: "The folder with the files.", completion: .directory)
    var folder: String

    func run() async throws {
        var refused = 0
        try await options.run { configuration in
            let logger = configuration.standardErrorLogger()
            let summary = try await ImportJob(configuration, logger: logger).run(folder: folder) { name, reason in
                Console.complain("\(name) is refused: \(reason)")
            }
            refused = summary.refused
            Console.write("\(summary)\n")
        }
        guard refused == 0 else { throw ExitCode.failure }
    }
}
