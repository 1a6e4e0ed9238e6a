/// A day of the Gregorian calendar in UTC, as it stands in keys.
public struct CalendarDate: CustomStringConvertible {
    let year, month, day: Int64

    /// The day of a moment, by Howard Hinnant's `civil_from_days` (https://howardhinnant.github.io/date_algorithms.html).
    public init(milliseconds: Int64) {
        let shifted = (Double(milliseconds) / 86_400_000).rounded(.down)
        let days = Int64(shifted) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2015-03-08`; a year has four digits at least.
    public var description: String {
        let digits = String(year.magnitude)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return "\(year < 0 ? "-" : "")\(padded)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
