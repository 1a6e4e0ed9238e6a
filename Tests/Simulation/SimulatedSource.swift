import EdgeCollector

/// The stream's server: sends messages at a changing pace to all who listen, and again to whoever asks for them.
final class SimulatedSource {
    private let agenda: Agenda
    private let trace: Trace
    private var maker: MessageMaker
    private var random: SeededGenerator
    /// All messages so far.
    private(set) var messages: [StreamMessage] = []
    /// The place of a message by its fingerprint; of messages that are the same, the first.
    private(set) var places: [UInt64: Int] = [:]
    private var connections: [SourceConnection] = []
    /// Whether it can be reached at all.
    private(set) var isUp = true
    /// Whether it answers questions about the past; else with that status.
    var fetchRefusal: Int?
    /// The pace: how many messages it is to send until then.
    private var pace: (messages: Int, until: Int64)
    private var burstLeft = 0
    /// What follows the last message of the faults' time.
    private var isWindingDown = false
    private var isSilent = false

    init(_ scenario: Scenario, agenda: Agenda, trace: Trace) {
        (self.agenda, self.trace) = (agenda, trace)
        var seeds = SeededGenerator(seed: scenario.seed ^ 0x5EED_0001)
        maker = MessageMaker(seed: seeds.next(), kinds: scenario.kinds)
        random = SeededGenerator(seed: seeds.next())
        pace = (scenario.messages, scenario.duration)
        agenda.after(100) { [weak self] in self?.sendNext() }
    }

    /// Goes on at a slow pace, so that connections stay alive until all is caught up.
    func windDown() { isWindingDown = true }

    /// Sends nothing more.
    func fallSilent() { isSilent = true }

    /// Whether somebody is connected for that device, and not to catch up with the past.
    func follows(_ device: Int) -> Bool {
        let own = connections.filter { $0.device == device && $0.isOpen }
        return own.count == 1 && own[0].isLive
    }

    /// Goes down or up; whoever is connected is thrown out.
    func setUp(_ isUp: Bool) {
        self.isUp = isUp
        trace.note(agenda.now, "source", isUp ? "is up" : "is down")
        guard !isUp else { return }
        for connection in connections { connection.end(isNoticed: Bool.random(using: &random)) }
        connections = []
    }

    /// Takes a listener; it gets all messages from now on, one over HTTP those after `since` before.
    func attach(_ connection: SourceConnection, since: Int64?) {
        connections.removeAll { !$0.isOpen }
        if connection.isHTTP, let refusal = fetchRefusal, since != nil { return connection.refuse(refusal) }
        connections.append(connection)
        connection.open()
        guard let since else { return }
        connection.deliver(messages.filter { $0.time > since }, using: &random)
    }

    private func sendNext() {
        guard !isSilent else { return }
        let message = maker.message(messages.count, at: agenda.now)
        messages.append(message)
        // Over HTTP a message of two lines is two messages.
        let lines =
            message.kind == .twoLines ? message.bytes.split(separator: UInt8(ascii: "\n")) : [message.bytes[...]]
        for line in lines {
            let fingerprint = StreamMessage.fingerprint(line)
            if places[fingerprint] == nil { places[fingerprint] = message.index }
        }
        for connection in connections where connection.isOpen { connection.deliver([message], using: &random) }
        agenda.after(pause()) { [weak self] in self?.sendNext() }
    }

    /// Several a second for a while, then one now and then.
    private func pause() -> Int64 {
        if isWindingDown { return Int64.random(in: 4000...9000, using: &random) }
        if burstLeft > 0 {
            burstLeft -= 1
            return Int64.random(in: 20...500, using: &random)
        }
        let isBehind = Int64(messages.count) * pace.until < Int64(pace.messages) * agenda.now
        if isBehind { burstLeft = Int.random(in: 0...24, using: &random) }
        return Int64.random(in: 200...(isBehind ? 2000 : 55_000), using: &random)
    }
}
