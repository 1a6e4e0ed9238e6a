import ArgumentParser
import StreamReplay

/// Prints generated messages.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Print generated messages on standard output, one JSON object a line.",
        discussion: """
            The same seed gives the same bytes on any machine, and fewer messages are the beginning of more. Of RSVPs \
            every fifth message is an echo; some are late, repeated, or change an earlier answer. Who answers what can be learned \
            from country, topics, member and the time left until the event. Photos and comments of the same seed are \
            about the same members, groups and events; some photos get another caption, and some comments are deleted.
            """)

    private static let blockBytes = 256 << 10

    @Argument(help: "How many messages.")
    var count: Int

    @Option(help: "The stream: rsvps, photos or event_comments.")
    var stream = GeneratedStream.rsvps

    @Option(help: "The seed, any whole number from 0.")
    var seed: UInt64 = 1

    func validate() throws {
        guard count >= 0 else { throw ValidationError("The number of messages cannot be negative.") }
    }

    func run() throws {
        var source = GeneratedSource(stream, count: count, seed: seed)
        var block: [UInt8] = []
        block.reserveCapacity(Self.blockBytes + 4_096)
        while source.appendNext(to: &block) {
            block.append(UInt8(ascii: "\n"))
            if block.count >= Self.blockBytes {
                try FileBytes.writeToStandardOutput(block)
                block.removeAll(keepingCapacity: true)
            }
        }
        try FileBytes.writeToStandardOutput(block)
    }
}

extension GeneratedStream: ExpressibleByArgument {}
