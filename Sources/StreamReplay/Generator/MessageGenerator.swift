/// Makes the messages of an endless stream, the same ones for the same seed on any machine.
protocol MessageGenerator {
    /// The stream of that seed.
    /// - Parameter start: when it begins, milliseconds since 1970.
    init(seed: UInt64, start: Int64)

    /// The next message.
    mutating func next() -> Message.Content
}
