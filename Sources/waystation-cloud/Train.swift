import ArgumentParser
import CloudAggregator

/// `waystation-cloud train`
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model on the merged tables and keep it as a candidate.",
        discussion: """
            One pass over the history in time order; each event is predicted before it is learned from. Prints the \
            progressive log loss beside the base rate's. 'model publish' sends the candidate to the edges.
            """)

    @OptionGroup var options: ConfigurationOption

    @Option(help: "The stream; needed where several say what is to be learnt.")
    var stream: String?

    func run() async throws {
        try await options.run { configuration in
            Console.write(try TrainJob(configuration, stream: stream).run())
        }
    }
}
