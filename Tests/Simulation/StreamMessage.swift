/// One message of the simulated source.
struct StreamMessage {
    /// What the message is to the stream.
    enum Kind {
        /// News: whoever follows the stream must have it.
        case news
        /// An earlier message again, its time rounded, as the real stream does.
        case echo
        /// An announcement of something months old, which nobody can ask for again.
        case old
        /// Longer than a line may be.
        case oversized
        /// Two lines in one message.
        case twoLines
    }

    /// Its place in the stream, from 0.
    let index: Int
    let kind: Kind
    /// When it was sent, in simulated milliseconds.
    let sentAt: Int64
    /// The time it says, in milliseconds since 1970; that of its sending where it is no JSON.
    let time: Int64
    let bytes: [UInt8]

    /// Whether a cloud takes it as it is.
    var isEvent: Bool { kind != .oversized && kind != .twoLines }

    /// A number that two messages share only if they are the same (FNV-1a, 64 bits).
    static func fingerprint(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
