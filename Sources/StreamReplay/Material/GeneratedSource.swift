/// The first messages of a generated stream.
public struct GeneratedSource: MessageSource {
    private var generator: any MessageGenerator
    private let count: Int
    private var given = 0
    private var scratch: [UInt8] = []

    /// So many messages of that seed.
    public init(_ stream: GeneratedStream, count: Int, seed: UInt64) {
        generator = stream.generator(seed: seed)
        self.count = count
    }

    mutating func next() -> Message? {
        guard given < count else { return nil }
        defer { given += 1 }
        return Message(content: generator.next(), beginsTimeline: given == 0)
    }

    /// Appends the next message as one JSON object, without a line end; false where there is none.
    public mutating func appendNext(to text: inout [UInt8]) -> Bool {
        guard let message = next() else { return false }
        message.withText(&scratch) { text += $0 }
        return true
    }
}
