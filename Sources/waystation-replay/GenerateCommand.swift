import ArgumentParser
import StreamReplay

/// Prints generated messages.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Print generated RSVP messages on standard output, one JSON object a line.",
        discussion: """
            The same seed gives the same bytes on any machine, and fewer messages are the beginning of more. \
            Every fifth message is an echo; some are late, repeated, or change an earlier answer. Who answers what can be learned \
            from country, topics, member and the time left until the event.
            """)

    private static let blockBytes = 256 << 10

    @Argument(help: "How many messages.")
    var count: Int

    @Option(help: "The seed, any whole number from 0.")
    var seed: UInt64 = 1

    func validate() throws {
        guard count >= 0 else { throw ValidationError("The number of messages cannot be negative.") }
    }

    func run() throws {
        var generator = RSVPGenerator(seed: seed)
        var block: [UInt8] = []
        block.reserveCapacity(Self.blockBytes + 4_096)
        for _ in 0..<count {
            generator.appendNext(to: &block)
            block.append(UInt8(ascii: "\n"))
            if block.count >= Self.blockBytes {
                try FileBytes.writeToStandardOutput(block)
                block.removeAll(keepingCapacity: true)
            }
        }
        try FileBytes.writeToStandardOutput(block)
    }
}
