import Glibc
import JSON

/// Sends each scored event to whoever has connected to a Unix socket.
///
/// One line of JSON an event, as it comes off the wire:
///
///     {"stream":"rsvps","score":0.731,"model":4,"event":{...}}
///
/// `event` is the event's own bytes. `score` is the probability foretold before the label was looked at, and `model` the
/// version of the model that did; both are null without a model. A line that is no JSON document is not sent. A reader
/// that is too slow misses lines and is told how many: `{"dropped":12}`; nobody waits for it. Readers have nothing to
/// say: one that sends something, or closes its side, is disconnected.
final class EventFeed {
    /// Readers at once; more are turned away.
    static let subscriberLimit = 64

    private let listener: LocalListener
    private let log: EdgeLog
    private var subscribers: [FeedSubscriber] = []
    private var line: [UInt8] = []
    /// The lines that all readers together have missed since the start.
    private(set) var droppedLines: Int64 = 0
    /// Something was offered since the last `flush`.
    private var isFresh = false

    /// Listens on that socket.
    init(_ address: UnixAddress, log: EdgeLog) throws(EdgeError) {
        listener = try LocalListener(socket: address)
        self.log = log.with("socket", address.path)
    }

    /// Whether anybody listens: while nobody does, events need not be offered at all.
    var isWanted: Bool { !subscribers.isEmpty }

    /// How many listen.
    var subscriberCount: Int { subscribers.count }

    /// The bytes that wait for slow readers.
    var waitingBytes: Int { subscribers.reduce(0) { $0 + $1.waitingBytes } }

    /// The descriptors to wait on until they have something to read.
    var reading: [Int32] { [listener.descriptor] + subscribers.map(\.descriptor) }

    /// The descriptors to wait on until they take bytes again.
    var writing: [Int32] { subscribers.compactMap { $0.waitingBytes > 0 ? $0.descriptor : nil } }

    /// Sends an event to all who listen.
    ///
    /// - Parameter score: the probability and the version of the model that foretold it; nil without a model.
    func publish(_ event: UnsafeRawBufferPointer, of prefix: Prefix, score: Double?, model: Int64) {
        guard isWanted else { return }
        line.removeAll(keepingCapacity: true)
        line += prefix.bytes
        if let score {
            line += Array("\(score),\"model\":\(model)".utf8)
        } else {
            line += Array("null,\"model\":null".utf8)
        }
        line += Array(",\"event\":".utf8)
        line += event
        line += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
        for subscriber in subscribers where !subscriber.offer(line) { droppedLines += 1 }
        isFresh = true
    }

    /// Takes what the loop says; false where it is about somebody else's descriptor.
    func handle(readable descriptor: Int32) -> Bool {
        if descriptor == listener.descriptor {
            acceptAll()
            return true
        }
        guard let subscriber = subscribers.first(where: { $0.descriptor == descriptor }) else { return false }
        subscriber.readable()
        removeEnded()
        return true
    }

    /// Takes what the loop says; false where it is about somebody else's descriptor.
    func handle(writable descriptor: Int32) -> Bool {
        guard let subscriber = subscribers.first(where: { $0.descriptor == descriptor }) else { return false }
        subscriber.writable()
        removeEnded()
        return true
    }

    /// Sends what was published since the last time.
    func flush() {
        guard isFresh else { return }
        isFresh = false
        for subscriber in subscribers { subscriber.flush() }
        removeEnded()
    }

    private func removeEnded() {
        subscribers.removeAll { $0.hasEnded }
    }

    private func acceptAll() {
        while let connection = listener.accept() {
            guard subscribers.count < Self.subscriberLimit else {
                close(connection)
                log(.warning, "A reader of events is turned away: there are \(Self.subscriberLimit) already.")
                continue
            }
            subscribers.append(FeedSubscriber(connection))
        }
    }
}

extension EventFeed {
    /// The beginning of every line of a stream, made once.
    struct Prefix {
        fileprivate let bytes: [UInt8]

        init(stream: String) {
            bytes = Self.bytes(stream: stream) + Array("\"score\":".utf8)
        }

        /// What tells the lines of a stream from those of others.
        static func bytes(stream: String) -> [UInt8] {
            var text = Array("{\"stream\":".utf8)
            JSONText.append(string: stream.utf8, to: &text)
            return text + [UInt8(ascii: ",")]
        }
    }
}
