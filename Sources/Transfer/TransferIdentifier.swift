/// The name of one transfer of a loop: a request, a streamed answer or a WebSocket. Never given twice by one loop.
public struct TransferIdentifier: Hashable, Sendable, CustomStringConvertible {
    let number: UInt64

    /// The name with that number.
    public init(number: UInt64) {
        self.number = number
    }

    /// `transfer 7`.
    public var description: String { "transfer \(number)" }
}
