import Glibc
import Transfer

/// Has the cases of Autobahn's fuzzing server run against this project's WebSocket client, one after another: whatever
/// message comes is sent back. The server judges.
@main struct AutobahnClient {
    /// The longest message of any case is 16 MiB.
    private static let maximumMessageBytes = 32 << 20
    /// No case takes longer.
    private static let limit: Duration = .seconds(120)

    private let loop: TransferLoop
    private let server: String

    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            print("autobahn-client ws://HOST:PORT AGENT")
            exit(2)
        }
        let agent = CommandLine.arguments[2]
        let client = AutobahnClient(loop: try TransferLoop(), server: CommandLine.arguments[1])
        guard let count = Int(try client.run("/getCaseCount")) else {
            print("\(client.server) does not say how many cases there are")
            exit(1)
        }
        for number in 1...count { try client.run("/runCase?case=\(number)&agent=\(agent)") }
        try client.run("/updateReports?agent=\(agent)")
    }

    /// Opens a WebSocket, sends back what comes until it is closed, and returns the last text.
    @discardableResult
    private func run(_ target: String) throws -> String {
        var request = WebSocketRequest(url: server + target)
        request.maximumMessageBytes = Self.maximumMessageBytes
        let identifier = loop.openWebSocket(request)
        var text = ""
        while true {
            let events = try loop.wait(timeout: Self.limit)
            if events.isEmpty { continue }
            for event in events {
                switch event {
                case .webSocketMessages(identifier, let messages):
                    for message in messages { send(message, back: identifier, text: &text) }
                case .webSocketClosed(identifier, .failure(.unreachable(let reason))):
                    print("\(server) cannot be reached: \(reason)")
                    exit(1)
                case .webSocketClosed(identifier, _):
                    return text
                default: break
                }
            }
        }
    }

    private func send(_ message: WebSocketMessage, back identifier: TransferIdentifier, text: inout String) {
        switch message.kind {
        case .text:
            if message.bytes.count < 64 { text = String(decoding: message.bytes, as: UTF8.self) }
            loop.send(.text(Array(message.bytes)), to: identifier)
        case .binary: loop.send(.binary(Array(message.bytes)), to: identifier)
        }
    }
}
