/// The SplitMix64 generator (Steele, Lea, Flood 2014): integers only, so that a seed gives the same numbers anywhere.
struct SplitMix64 {
    private var state: UInt64

    /// The sequence of that seed.
    init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.finish(state)
    }

    /// A number in `0..<bound`; the bias of the multiplication stays below bound / 2^64.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "an empty range has no random element")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number in the range.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True in `count` of 100,000 cases.
    mutating func happens(in100000 count: Int) -> Bool {
        below(100_000) < count
    }

    /// An element of a list that is not empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Spreads a value over 64 bits; a bijection.
    static func finish(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
