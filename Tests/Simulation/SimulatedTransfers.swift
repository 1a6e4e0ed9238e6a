import EdgeCollector
import Transfer

/// The network of one running edge: carries requests to the simulated cloud and connections to the simulated source.
///
/// A cut link loses what is under way in either direction, or lets the request arrive after all, much later than the
/// device believes. Answers may be lost, and uploads may arrive twice.
final class SimulatedTransfers: Transfers {
    /// Where the simulated cloud is.
    static let cloud = "https://cloud.example"
    /// How long connecting and the handshake of a WebSocket may take, in milliseconds.
    private static let handshakeLimit: Int64 = 15_000

    private let device: Int
    private unowned let world: World
    private let cloudLink: Link
    private let sourceLink: Link
    private let isWithoutPower: () -> Bool
    private var random: SeededGenerator
    private var lastNumber: UInt64 = 0
    private var inbox: [(event: TransferEvent, places: [Int])] = []
    /// What is under way, in the order in which it was begun.
    private var exchanges: [Exchange] = []
    private var connections: [SourceConnection] = []
    private var isDead = false
    /// Called when there is something for `wait`.
    var didReceive: () -> Void = {}
    /// Called with the places of messages that `wait` hands over.
    var didDeliver: (_ places: [Int]) -> Void = { _ in }

    /// - Parameter isOff: whether the machine has lost its power, so that nothing leaves it any more.
    init(device: Int, world: World, cloudLink: Link, sourceLink: Link, seed: UInt64, isOff: @escaping () -> Bool) {
        (self.device, self.world, self.cloudLink, self.sourceLink) = (device, world, cloudLink, sourceLink)
        isWithoutPower = isOff
        random = SeededGenerator(seed: seed)
        cloudLink.didCut = { [weak self] in self?.cutCloud(isNoticed: $0) }
        sourceLink.didCut = { [weak self] in self?.cutSource(isNoticed: $0) }
    }

    /// The process is gone: the other ends see their connections break.
    func die() {
        isDead = true
        for connection in connections { connection.drop() }
        for exchange in exchanges { abandon(exchange) }
        (inbox, connections, exchanges) = ([], [], [])
    }

    // MARK: - Transfers

    func begin(_ request: HTTPRequest) -> TransferIdentifier {
        let exchange = Exchange(nextIdentifier(), request)
        guard !isOff else { return exchange.identifier }
        exchanges.append(exchange)
        guard cloudLink.isUp, world.cloud.isUp else {
            world.agenda.after(Int64.random(in: 1...3000, using: &random)) { [self] in
                settle(exchange, .failure(.unreachable("no way")))
            }
            return exchange.identifier
        }
        let bytes = request.body?.count ?? 0
        let pace = request.maximumSendBytesPerSecond ?? 1 << 20
        world.agenda.at(cloudLink.arrival(after: world.agenda.now) + Int64(bytes * 1000 / pace)) { [self] in
            arrive(exchange)
        }
        if let timeout = request.totalTimeout {
            world.agenda.after(timeout.milliseconds) { [self] in settle(exchange, .failure(.timedOut("the answer"))) }
        }
        return exchange.identifier
    }

    func beginStreaming(_ request: HTTPRequest) -> TransferIdentifier {
        let since = request.url.split(separator: "=").dropFirst().first.flatMap { Int64($0) }
        let isLive = world.scenario.devices[device].subscription == .http
        return connect(isHTTP: true, isLive: isLive, since: since)
    }

    func openWebSocket(_ request: WebSocketRequest) -> TransferIdentifier {
        connect(isHTTP: false, isLive: true, since: nil)
    }

    func cancel(_ identifier: TransferIdentifier) {
        for exchange in exchanges where exchange.identifier == identifier { abandon(exchange) }
        for connection in connections where connection.identifier == identifier { connection.drop() }
        exchanges.removeAll { $0.identifier == identifier }
        connections.removeAll { $0.identifier == identifier }
        inbox.removeAll { $0.event.identifier == identifier }
    }

    func limitSending(_ identifier: TransferIdentifier, bytesPerSecond: Int) throws(TransferError) {}

    func wait(
        timeout: Duration, also descriptors: [Int32], writing: [Int32]
    ) throws(TransferError) -> [TransferEvent] {
        let ready = inbox
        inbox.removeAll()
        for entry in ready where !entry.places.isEmpty { didDeliver(entry.places) }
        return ready.map(\.event)
    }

    // MARK: - The cloud

    private var isOff: Bool { isDead || isWithoutPower() }

    private func arrive(_ exchange: Exchange) {
        if exchange.isRequestLost { return }
        guard world.cloud.isUp else { return fail(exchange) }
        world.cloud.receive(exchange.request, from: device) { [self] response in
            guard let response else { return fail(exchange) }
            reply(response, to: exchange)
        }
        let isUpload = exchange.request.method == "PUT"
        if isUpload, suffers(.repeatedRequests), Int.random(in: 0..<5, using: &random) == 0 {
            let late = Int64.random(in: 1...(Bool.random(using: &random) ? 2000 : 3_600_000), using: &random)
            world.agenda.after(late) { [self] in
                guard world.cloud.isUp else { return }
                world.trace.note(world.agenda.now, "network", "repeats a request of device \(device)")
                world.cloud.receive(exchange.request, from: device) { _ in }
            }
        }
    }

    private func suffers(_ kind: FaultKind) -> Bool {
        !world.isCalm && world.scenario.kinds.contains(kind)
    }

    private func reply(_ response: HTTPResponse, to exchange: Exchange) {
        let isLost = suffers(.lostReplies) && Int.random(in: 0..<5, using: &random) == 0
        guard !isLost, !exchange.isReplyLost, cloudLink.isUp else { return fail(exchange) }
        world.agenda.at(cloudLink.arrival(after: world.agenda.now)) { [self] in
            if !exchange.isReplyLost { settle(exchange, .success(response)) }
        }
    }

    /// The device learns at once that nothing will come, or only by its own patience.
    private func fail(_ exchange: Exchange) {
        guard Bool.random(using: &random) else { return }
        settle(exchange, .failure(.connectionLost("the other end is gone")))
    }

    private func settle(_ exchange: Exchange, _ result: Result<HTTPResponse, TransferError>) {
        guard !exchange.isOver, !isDead else { return }
        exchange.isOver = true
        exchanges.removeAll { $0 === exchange }
        inbox.append((.response(exchange.identifier, result), []))
        didReceive()
    }

    /// The device is not interested any more; what it has sent may arrive all the same.
    private func abandon(_ exchange: Exchange) {
        exchange.isOver = true
        if Bool.random(using: &random) { exchange.isRequestLost = true }
    }

    private func cutCloud(isNoticed: Bool) {
        for exchange in exchanges {
            if Bool.random(using: &random) { exchange.isRequestLost = true }
            exchange.isReplyLost = true
            if isNoticed { settle(exchange, .failure(.connectionLost("the link is cut"))) }
        }
    }

    // MARK: - The source

    private func connect(isHTTP: Bool, isLive: Bool, since: Int64?) -> TransferIdentifier {
        let identifier = nextIdentifier()
        guard !isOff else { return identifier }
        let agenda = world.agenda
        let connection = SourceConnection(
            device: device, isHTTP: isHTTP, isLive: isLive, identifier, link: sourceLink, agenda: agenda
        ) { [weak self] event, places in self?.take(event, places) }
        connections.append(connection)
        agenda.at(sourceLink.arrival(after: agenda.now)) { [self] in
            guard !connection.isGone else { return }
            if sourceLink.isUp, world.source.isUp {
                world.source.attach(connection, since: since)
            } else {
                connection.end(isNoticed: true)
            }
        }
        if !isHTTP {
            agenda.after(Self.handshakeLimit) { if !connection.isAnswered { connection.end(isNoticed: true) } }
        }
        return identifier
    }

    private func take(_ event: TransferEvent, _ places: [Int]) {
        guard !isDead, let identifier = event.identifier, connections.contains(where: { $0.identifier == identifier })
        else { return }
        switch event {
        case .response, .webSocketClosed: connections.removeAll { $0.identifier == identifier }
        default: break
        }
        inbox.append((event, places))
        didReceive()
    }

    private func cutSource(isNoticed: Bool) {
        for connection in connections { connection.end(isNoticed: isNoticed) }
    }

    private func nextIdentifier() -> TransferIdentifier {
        lastNumber += 1
        return TransferIdentifier(number: lastNumber)
    }
}
