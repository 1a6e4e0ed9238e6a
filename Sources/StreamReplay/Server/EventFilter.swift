import JSON

/// Lets the messages about one event pass.
final class EventFilter {
    private static let (event, eventIdentity): (JSONKey, JSONKey) = ("event", "event_id")

    private let identity: [UInt8]
    private let parser: JSONParser

    init(identity: String) throws {
        self.identity = Array(identity.utf8)
        parser = try JSONParser(maximumDepth: LineIndex.depth)
    }

    /// Whether the message is about the event. A message that is no JSON is about none.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        do {
            return try parser.parse(text) { root in
                root[Self.event]?[Self.eventIdentity]?.withUTF8 { $0.elementsEqual(identity) } ?? false
            }
        } catch {
            return false
        }
    }
}
