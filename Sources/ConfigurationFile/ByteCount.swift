/// An amount of bytes, as a configuration writes it: a whole number and a unit, `512 B`, `64 KiB`, `4 MiB`, `1 GiB`.
public struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The amount in bytes; never negative.
    public let bytes: Int

    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)]

    /// That many bytes.
    public init(bytes: Int) {
        precondition(bytes >= 0, "an amount of bytes is not negative")
        self.bytes = bytes
    }

    /// The amount that `text` says, or nil where it is not a whole number with one of the units B, KiB, MiB, GiB.
    public init?(configuration text: String) {
        guard let quantity = Quantity(text),
            let factor = Self.units.first(where: { $0.0 == quantity.unit })?.1
        else {
            return nil
        }
        let (bytes, overflow) = quantity.number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    /// That many KiB.
    public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 10) }
    /// That many MiB.
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 20) }
    /// That many GiB.
    public static func gibibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 30) }

    /// The smaller amount comes first.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// The amount in the largest unit that leaves a whole number; `init(configuration:)` reads it back.
    public var description: String {
        for (unit, factor) in Self.units where bytes >= factor && bytes % factor == 0 {
            return "\(bytes / factor) \(unit)"
        }
        return "\(bytes) B"
    }
}
