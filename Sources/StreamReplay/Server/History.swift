import NIOCore

/// The newest published messages, each known by its number in the order of publication, counted from 0.
struct History {
    private var messages = CircularBuffer<Message>()
    private let limit: Int
    /// The number of the oldest message kept.
    private(set) var start = 0

    /// - Parameter limit: how many messages are kept.
    init(limit: Int) {
        self.limit = limit
    }

    /// The number the next message gets, which is how many were published.
    var end: Int { start + messages.count }

    /// Keeps a message, at the cost of the oldest when there are too many.
    mutating func append(_ message: Message) {
        messages.append(message)
        if messages.count > limit {
            messages.removeFirst()
            start += 1
        }
    }

    /// The message of that number, which must be kept.
    subscript(number: Int) -> Message {
        messages[messages.index(messages.startIndex, offsetBy: number - start)]
    }
}
