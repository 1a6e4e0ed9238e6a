import EdgeCollector
import Transfer

/// One connection between a device and the source, as both ends see it.
final class SourceConnection {
    /// How long a kernel goes on sending what nobody acknowledges, in milliseconds.
    private static let kernelPatience: Int64 = 900_000

    let device: Int
    let isHTTP: Bool
    /// Whether it carries the stream itself rather than what was missed.
    let isLive: Bool
    /// Whether the source sends on it.
    private(set) var isOpen = false
    let identifier: TransferIdentifier
    private let agenda: Agenda
    private let link: Link
    /// Hands an event to the device, with the places of the messages that it completes.
    private let arrive: (TransferEvent, [Int]) -> Void
    private var lastArrival: Int64 = 0
    /// Whether what is sent goes nowhere, though the device does not know it.
    private var isCut = false
    /// Whether the device has had an answer.
    private(set) var isAnswered = false
    /// Whether nothing comes any more.
    private(set) var isGone = false

    init(
        device: Int, isHTTP: Bool, isLive: Bool, _ identifier: TransferIdentifier, link: Link, agenda: Agenda,
        arrive: @escaping (TransferEvent, [Int]) -> Void
    ) {
        (self.device, self.isHTTP, self.isLive, self.identifier) = (device, isHTTP, isLive, identifier)
        (self.link, self.agenda, self.arrive) = (link, agenda, arrive)
    }

    /// The source takes the device.
    func open() {
        isOpen = true
        send(isHTTP ? .head(identifier, HTTPResponse(status: 200)) : .webSocketOpened(identifier))
    }

    /// The source answers a question with that status alone.
    func refuse(_ status: Int) {
        send(.head(identifier, HTTPResponse(status: status)))
        send(.response(identifier, .success(HTTPResponse(status: status))))
    }

    /// The source sends messages.
    func deliver(_ messages: [StreamMessage], using random: inout SeededGenerator) {
        guard isHTTP else {
            for message in messages {
                send(
                    .webSocketMessages(identifier, [WebSocketMessage(kind: .text, bytes: message.bytes[...])]),
                    [message.index])
            }
            return
        }
        var bytes: [UInt8] = []
        var places: [Int] = []
        for message in messages {
            bytes += message.bytes
            places.append(message.index)
            // A chunk may end anywhere; what it leaves of a line comes with the next.
            if Int.random(in: 0..<20, using: &random) == 0, message.bytes.count > 1 {
                let cut = bytes.count - Int.random(in: 1..<message.bytes.count, using: &random)
                send(.body(identifier, Array(bytes[..<cut])), Array(places.dropLast()))
                (bytes, places) = (Array(bytes[cut...]), [message.index])
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        if !bytes.isEmpty { send(.body(identifier, bytes), places) }
    }

    /// The connection is over. Where that goes unnoticed, a request over HTTP learns it when the kernel gives up sending,
    /// a WebSocket never.
    func end(isNoticed: Bool) {
        isOpen = false
        guard !isGone else { return }
        guard isNoticed else {
            isCut = true
            if isHTTP { agenda.after(Self.kernelPatience) { [self] in end(isNoticed: true) } }
            return
        }
        isGone = true
        let error = TransferError.connectionLost("the other end is gone")
        arrive(isHTTP ? .response(identifier, .failure(error)) : .webSocketClosed(identifier, .failure(error)), [])
    }

    /// The device has dropped it.
    func drop() {
        isOpen = false
        isGone = true
    }

    private func send(_ event: TransferEvent, _ places: [Int] = []) {
        lastArrival = max(lastArrival, link.arrival(after: agenda.now))
        agenda.at(lastArrival) { [self] in
            guard !isGone, !isCut else { return }
            isAnswered = true
            arrive(event, places)
        }
    }
}
