import JSON

/// One step from a value of the event towards a token. Every step makes a value from a value; a value that it cannot
/// take becomes missing.
///
/// In JSON a step without parameters is its name, another one an object of its name and its parameters:
///
///     "presence"                          1 where there is a value, else 0
///     "lower_case"                        the text with A-Z as a-z
///     "count"                             how many elements a list or map has; 0 where there is none
///     {"buckets": [1, 5, 25]}             how many of the ascending boundaries are not above the number
///     {"grid": 0.5}                       the number divided by the cell's size, rounded down
///     {"log2_difference": {"minus": "changed", "unit": "hour"}}
///                                         this time less that one in whole units (second, minute, hour, day), cut to
///                                         bit lengths: 0, 1, 2-3, 4-7, ... are 0, 1, 2, 3, ...; before it -1, -2, ...
///     {"log2_age": {"at": "changed", "unit": "day"}}
///                                         for the numbers of a growing series: how long before that time this one was
///                                         new, in bit lengths as above, 0 where it was not yet. Training adds
///                                         "frontier", see `Frontier`; without it the value is missing
///     {"hour_of_week": {"offset_minutes": 60, "longitude": "place.lon"}}
///                                         0 for Monday 00:00 to 167; both parameters may be left out. The longitude
///                                         moves the clock to local solar time, 4 minutes a degree
///     "hour_of_day", "day_of_week"        likewise, 0 to 23 and 0 (Monday) to 6
///
/// Times are milliseconds since 1970.
public enum FeatureTransform: Hashable, Sendable {
    case presence
    case lowerCase
    case count
    case buckets([Double])
    case grid(Double)
    case log2Difference(minus: ValuePath, unit: TimeUnit)
    case log2Age(at: ValuePath, unit: TimeUnit, frontier: Frontier?)
    case clock(Clock, offsetMinutes: Int64, longitude: ValuePath?)

    /// The units of a difference of times.
    public enum TimeUnit: String, Sendable, CaseIterable {
        case second, minute, hour, day

        /// The unit in milliseconds.
        var milliseconds: Int64 {
            switch self {
            case .second: 1000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            }
        }
    }

    /// What of a time is told.
    public enum Clock: String, Sendable, CaseIterable {
        case hourOfWeek = "hour_of_week"
        case hourOfDay = "hour_of_day"
        case dayOfWeek = "day_of_week"
    }

    /// The most boundaries of buckets.
    public static let maximumBoundaries = 256

    /// The paths that the step reads beside the value it is given.
    public var paths: [ValuePath] {
        switch self {
        case .log2Difference(let minus, _): [minus]
        case .log2Age(let time, _, _): [time]
        case .clock(_, _, let longitude): longitude.map { [$0] } ?? []
        default: []
        }
    }
}
