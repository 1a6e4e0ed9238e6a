import ArgumentParser
import CloudAggregator

/// `waystation-cloud check`
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the configuration, every file it names, and the database server.",
        discussion: """
            Prints one line when all is well, and one for each thing that might be better. All errors in the configuration \
            file are listed at once.
            """)

    @OptionGroup var options: ConfigurationOption

    func run() async throws {
        try await options.run { configuration in
            let report = try ConfigurationCheck(configuration)
            Console.write("\(options.path) is good: \(report)\n")
        }
    }
}
