import ArgumentParser
import CloudAggregator

/// `waystation-cloud model`
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "List models and publish one to the edges.",
        subcommands: [List.self, Publish.self])

    /// `waystation-cloud model list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the models with their figures.")

        @OptionGroup var options: ConfigurationOption

        @Option(help: "How to print them: table, csv or json.")
        var format = RowFormat.table

        func run() async throws {
            try await options.run { configuration in
                Console.write(try ModelJob(configuration).list(format: format))
            }
        }
    }

    /// `waystation-cloud model publish`
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a trained model to the edges.",
            discussion: """
                Goes out only if it beats the base rate, and by more than the published one. Waiting edges have it \
                within a second. Versions only go up.
                """)

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The version; the newest where left out.")
        var version: Int64?

        @Option(help: "The stream; needed where several say what is to be learnt.")
        var stream: String?

        @Flag(help: "Publish even a model that is not better.")
        var force = false

        func run() async throws {
            try await options.run { configuration in
                let model = try ModelJob(configuration).publish(stream: stream, version: version, isForced: force)
                Console.write("published model \(model.stream) version \(model.version)\n")
            }
        }
    }
}
