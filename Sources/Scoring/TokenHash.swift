/// The hash that turns a token into a slot of the weights.
///
/// A token is a feature's name and one value for each of the feature's operands. It is hashed as a run of words of 64
/// bits, in this order:
///
///     the feature's name, as a text
///     then for each operand
///         0                        a missing value (absent, null, or not what a transform takes)
///         1 + 8 * n, t0, t1 ...    a text: n is the length of its UTF-8 in bytes; the bytes follow, eight a word, the first
///                                  in the least significant place, the last word filled up with zeros
///         2, i                     an integer: two's complement
///         3, m                     a number with a fraction: its millionths, as an integer
///         4 + 8 * b                a truth value: b is 1 or 0
///
/// A number is first rounded to millionths, halves away from zero; without fraction it then is an integer. A number
/// beyond 64 signed bits is missing. The hash begins with h = CBF29CE484222325 and takes each word w in, modulo 2^64:
///
///     h = (h xor w) * 9E3779B97F4A7C15
///     h =  h xor (h >> 32)
///
/// and at the end goes through the finaliser of SplitMix64:
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

    /// Takes a word in.
    @inline(__always)
    mutating func combine(word: UInt64) {
        let product = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
        state = product ^ (product >> 32)
    }

    /// Takes a text in; `lowerCase` folds A-Z.
    @inline(__always)
    mutating func combine(text bytes: UnsafeBufferPointer<UInt8>, lowerCase: Bool = false) {
        combine(word: 1 | UInt64(bytes.count) << 3)
        let raw = UnsafeRawBufferPointer(bytes)
        var offset = 0
        while offset &+ 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            combine(word: lowerCase ? Self.lowerCased(word) : word)
            offset &+= 8
        }
        guard offset < raw.count else { return }
        let word = Self.tail(of: raw, from: offset)
        combine(word: lowerCase ? Self.lowerCased(word) : word)
    }

    /// The last one to seven bytes, without a loop over them: read together with others, which are then shifted out.
    @inline(__always)
    private static func tail(of raw: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
        let count = raw.count &- offset
        if raw.count >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: raw.count &- 8, as: UInt64.self))
            return word >> UInt64(8 &* (8 &- count))
        }
        if count >= 4 {
            let low = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            let high = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            return UInt64(low) | UInt64(high) << UInt64(8 &* (count &- 4))
        }
        let (middle, last) = (count / 2, count &- 1)
        return UInt64(raw[0]) | UInt64(raw[middle]) << UInt64(8 &* middle) | UInt64(raw[last]) << UInt64(8 &* last)
    }

    /// Eight bytes at once: adding to a byte without its highest bit sets that bit from A on, or only behind Z; where the
    /// two differ, and the byte is ASCII, it is a capital, and the bit that makes it small is two places lower.
    private static func lowerCased(_ word: UInt64) -> UInt64 {
        let low = word & 0x7F7F_7F7F_7F7F_7F7F
        let fromA = low &+ 0x3F3F_3F3F_3F3F_3F3F
        let behindZ = low &+ 0x2525_2525_2525_2525
        return word | ((fromA ^ behindZ) & ~word & 0x8080_8080_8080_8080) >> 2
    }
}
