/// A whole number and the unit behind it, blanks between them allowed: `10 s`, `64KiB`.
struct Quantity {
    let number: Int
    let unit: String

    init?(_ text: String) {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, let number = Int(Substring(digits)) else { return nil }
        self.number = number
        unit = String(Substring(text.utf8.dropFirst(digits.count).drop { $0 == UInt8(ascii: " ") }))
    }
}
