/// Deals out a history's labels in random order: each order of the same labels is equally likely, nothing is stored.
struct LabelShuffle {
    private var random: SplitMix64
    private var positives: Int64
    private var rest: Int64

    /// A shuffle of `positives` positive labels among `examples`; the same seed gives the same order.
    init(examples: Int64, positives: Int64, seed: UInt64) {
        random = SplitMix64(state: seed)
        self.positives = positives
        rest = examples
    }

    /// The next label; false when all are dealt.
    mutating func next() -> Bool {
        guard rest > 0 else { return false }
        let isPositive = Int64.random(in: 0..<rest, using: &random) < positives
        rest -= 1
        if isPositive { positives -= 1 }
        return isPositive
    }
}

/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
