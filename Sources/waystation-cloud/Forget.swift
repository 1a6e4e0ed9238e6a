import ArgumentParser
import CloudAggregator

/// `waystation-cloud forget`
struct Forget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove a person from the tables, for good.",
        discussion: """
            'forget member 42' removes all rows of the member whom messages call 42, in every stream whose file names \
            'member' as its subject. Messages of that member that come later, or again from the raw batches when the tables \
            are rebuilt, are left out; what they say of other things is merged.

            Only a keyed digest of the number is kept. The raw batches stay as the devices signed them; 'expire' removes old \
            ones. May run while the server does, and may be repeated. It cannot be taken back.
            """)

    @OptionGroup var options: ConfigurationOption

    @Argument(help: "The kind of person, as stream files call it: member.")
    var subject: String

    @Argument(help: "Whom to forget: the number or text that messages have.")
    var value: String

    func run() async throws {
        try await options.run { configuration in
            Console.write(try ForgetJob(configuration).forget(subject, value).description)
        }
    }
}
