extension Duration {
    private static var units: [(name: String, milliseconds: Int)] {
        [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)]
    }

    /// The span that `text` says, or nil where it is not a whole number with one of the units ms, s, min, h, d.
    public init?(configuration text: String) {
        guard let quantity = Quantity(text),
            let unit = Self.units.first(where: { $0.name == quantity.unit })
        else {
            return nil
        }
        let (milliseconds, overflow) = quantity.number.multipliedReportingOverflow(
            by: unit.milliseconds)
        guard !overflow else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The span in the largest unit that leaves a whole number, cut to milliseconds; `init(configuration:)` reads it back.
    public var configurationText: String {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return "\(seconds) s" }
        let milliseconds = Int(whole) + Int(attoseconds / 1_000_000_000_000_000)
        if milliseconds == 0 { return "0 s" }
        for unit in Self.units where milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds) \(unit.name)"
        }
        return "\(milliseconds) ms"
    }
}
