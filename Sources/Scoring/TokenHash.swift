/// The hash that turns a token into a slot of the weights.
///
/// A token is a feature's name and one value for each of the feature's operands. It is hashed as this run of bytes:
///
///     the feature's name in UTF-8, then for each operand
///         00                       a missing value (absent, null, or not what a transform takes)
///         01 t                     a text: t is its UTF-8
///         02 i0 ... i7             an integer: 64 bits, two's complement, least significant byte first
///         03 m0 ... m7             a number with a fraction: its millionths, as an integer above
///         04 b                     a truth value: b is 01 or 00
///
/// A number is first rounded to millionths, halves away from zero; without fraction it then is an integer. A number
/// beyond 64 signed bits is missing. Over the bytes goes FNV-1a with 64 bits (offset basis CBF29CE484222325, prime
/// 100000001B3: for each byte, xor, then multiply), over the result h the finaliser of SplitMix64, all modulo 2^64:
///
///     h = (h xor (h >> 30)) * BF58476D1CE4E5B9
///     h = (h xor (h >> 27)) * 94D049BB133111EB
///     h =  h xor (h >> 31)
///
/// The slot is h's lowest 18 bits. In one event a slot counts once, however many tokens fall into it.
struct TokenHash: Hashable {
    /// The slots of a model.
    static let slotBits = 18

    private(set) var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The slot of the token hashed so far.
    var slot: Int {
        var hash = state
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        return Int(hash & (1 << Self.slotBits - 1))
    }

    @inline(__always)
    mutating func combine(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    @inline(__always)
    mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { combine(byte) }
    }

    @inline(__always)
    mutating func combine(lowerCase bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { combine(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
    }

    @inline(__always)
    mutating func combine(_ integer: Int64) {
        var rest = UInt64(bitPattern: integer)
        for _ in 0..<8 {
            combine(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
