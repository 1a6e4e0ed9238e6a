/// A date in a header of HTTP (RFC 9110 section 5.6.7): the form of today, and the two old ones that have to be understood.
///
///     Sun, 06 Nov 1994 08:49:37 GMT
///     Sunday, 06-Nov-94 08:49:37 GMT
///     Sun Nov  6 08:49:37 1994
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The moment in milliseconds since 1970; nil where the text is of another form.
    static func milliseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        switch parts.count {
        case 6 where parts[0].hasSuffix(",") && parts[5] == "GMT":
            return milliseconds(year: Int64(parts[3]), month: parts[2], day: parts[1], time: parts[4])
        case 4 where parts[0].hasSuffix(",") && parts[3] == "GMT":
            let date = parts[1].split(separator: "-")
            guard date.count == 3, let year = Int64(date[2]), (0...99).contains(year) else { return nil }
            // Two digits are the century that is nearer; nothing here is older than 1970.
            return milliseconds(year: year + (year < 70 ? 2000 : 1900), month: date[1], day: date[0], time: parts[2])
        case 5:
            return milliseconds(year: Int64(parts[4]), month: parts[1], day: parts[2], time: parts[3])
        default: return nil
        }
    }

    private static func milliseconds(year: Int64?, month: Substring, day: Substring, time: Substring) -> Int64? {
        guard let year, let day = Int64(day), let month = months.firstIndex(of: String(month)) else { return nil }
        let time = time.split(separator: ":").map { Int64($0) }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2],
            (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = days(year: year, month: Int64(month + 1), day: day)
        return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counting years from March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
