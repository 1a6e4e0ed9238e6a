/// The first messages of a generated stream.
struct GeneratedSource: MessageSource {
    private var generator: RSVPGenerator
    private let writer: RSVPWriter
    private let count: Int
    private var given = 0

    init(count: Int, seed: UInt64) {
        generator = RSVPGenerator(seed: seed)
        writer = generator.writer
        self.count = count
    }

    mutating func next() -> Message? {
        guard given < count else { return nil }
        defer { given += 1 }
        return Message(content: .generated(generator.next(), writer), beginsTimeline: given == 0)
    }
}
