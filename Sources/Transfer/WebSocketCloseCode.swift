/// The close codes that this client sends on its own (RFC 6455 section 7.4.1).
enum WebSocketCloseCode {
    static let protocolError: UInt16 = 1002
    static let invalidPayload: UInt16 = 1007
    static let tooLarge: UInt16 = 1009

    /// Whether a close frame may carry the code: those registered with IANA for frames, and all of 3000 to 4999.
    static func maySend(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
