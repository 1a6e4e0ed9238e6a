/// Hashes the keys of rows, eight bytes a step.
///
/// Seeded by chance at the program's start, so that nobody outside can choose keys that collide; a hash means nothing in
/// another process. Each step is a multiplication to 128 bits whose halves are folded, as in wyhash
/// (https://github.com/wangyi-fudan/wyhash).
struct KeyHasher {
    private static let seed = UInt64.random(in: .min ... .max)
    private static let factor = UInt64.random(in: .min ... .max) | 1

    private var state = Self.seed
    private let factor = Self.factor

    /// The hash of all that was taken.
    var hash: Int { Int(bitPattern: UInt(state ^ state >> 32)) }

    @inline(__always)
    mutating func combine(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: factor)
        state = product.high ^ product.low &+ 0x9E37_79B9_7F4A_7C15
    }

    @inline(__always)
    mutating func combine(_ text: UnsafeBufferPointer<UInt8>) {
        combine(UInt64(text.count))
        guard let start = UnsafeRawPointer(text.baseAddress) else { return }
        var offset = 0
        while offset + 8 <= text.count {
            combine(start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        if offset == text.count { return }
        if text.count >= 8 {
            return combine(start.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self))
        }
        var last: UInt64 = 0
        while offset < text.count {
            last = last << 8 | UInt64(start.load(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        combine(last)
    }

    @inline(__always)
    mutating func combine(_ cell: Cell, _ texts: TextView) {
        switch cell {
        case .null: combine(0)
        case .integer(let value): combine(UInt64(bitPattern: value))
        case .real(let value): combine(value.bitPattern)
        case .text(let text): combine(texts[text])
        }
    }
}
