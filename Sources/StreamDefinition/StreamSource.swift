/// Where a stream comes from.
public struct StreamSource: Hashable, Sendable {
    /// How messages are carried.
    public enum Transport: String, Hashable, Sendable, CaseIterable {
        /// A WebSocket, one message a frame.
        case websocket
        /// An HTTP answer without end, one message a line.
        case http
        /// Server-sent events, one message an event.
        case sse
        /// A file, or standard input, one message a line.
        case file

        /// Whether that is an address of such a source.
        public func takes(_ address: String) -> Bool {
            switch self {
            case .websocket, .http, .sse:
                schemes.contains { address.hasPrefix("\($0)://") && address.utf8.count > $0.utf8.count + 3 }
            case .file:
                address == StreamSource.standardInput
                    || address.hasPrefix("file:///") && !address.hasSuffix("/")
            }
        }

        /// What `takes` wants, in words.
        public var addressRule: String {
            switch self {
            case .websocket, .http, .sse:
                "an address that begins with " + schemes.map { "\($0)://" }.joined(separator: " or ")
            case .file: "file:// and an absolute path, or '\(StreamSource.standardInput)' for standard input"
            }
        }

        var schemes: [String] {
            switch self {
            case .websocket: ["ws", "wss"]
            case .http, .sse: ["http", "https"]
            case .file: ["file"]
            }
        }
    }

    /// How what was missed is asked for: a request whose parameter is the greatest message time that is stored.
    public struct Resume: Hashable, Sendable {
        /// The address to ask.
        public let url: String
        /// The query parameter that takes the time.
        public let parameter: String
    }

    /// The address that means standard input.
    public static let standardInput = "-"

    /// The address of the stream.
    public let url: String
    /// How messages are carried.
    public let transport: Transport
    /// How long a living stream may be silent.
    public let silence: Duration
    /// How what was missed is asked for, where the source can tell.
    public let resume: Resume?
}
