import JSON

/// When the numbers of a growing series, such as identifiers given out one after another, were new.
///
/// Points of (number, time), found in a history: by that time the series had come so far. Between two points time is
/// interpolated, beyond them it goes on at the mean pace of all. In JSON `[[number, milliseconds], ...]`.
public struct Frontier: Hashable, Sendable {
    /// A number of the series and the time, in milliseconds since 1970, at which it or a later one was first seen.
    public struct Point: Hashable, Sendable {
        /// The number.
        public let number: Int64
        /// The time.
        public let milliseconds: Int64

        /// A point of a frontier.
        public init(number: Int64, milliseconds: Int64) {
            self.number = number
            self.milliseconds = milliseconds
        }
    }

    /// The fewest points that tell a pace.
    public static let minimumPoints = 2
    /// The most points.
    public static let maximumPoints = 64

    /// The points, numbers ascending, times never descending.
    public let points: [Point]

    /// A frontier through those points; nil where they are too few, too many or out of order.
    public init?(points: [Point]) {
        guard (Self.minimumPoints...Self.maximumPoints).contains(points.count),
            zip(points, points.dropFirst()).allSatisfy({
                $0.number < $1.number && $0.milliseconds <= $1.milliseconds
            })
        else { return nil }
        self.points = points
    }

    /// When `number` was new, in milliseconds since 1970.
    public func milliseconds(of number: Int64) -> Double {
        let (first, last) = (points[0], points[points.count - 1])
        if number >= last.number { return Self.line(first, last, from: last, number) }
        if number <= first.number { return Self.line(first, last, from: first, number) }
        let after = points.firstIndex { $0.number > number } ?? points.count - 1
        return Self.line(points[after - 1], points[after], from: points[after - 1], number)
    }

    private static func line(_ first: Point, _ second: Point, from start: Point, _ number: Int64) -> Double {
        let run = Double(second.number) - Double(first.number)
        let rise = Double(second.milliseconds) - Double(first.milliseconds)
        return Double(start.milliseconds) + (Double(number) - Double(start.number)) * (rise / run)
    }
}

extension Frontier {
    /// Reads the frontier that stands at `path`.
    init(json: JSONValue, at path: String) throws(ScoringError) {
        let points = (json.array ?? []).compactMap { point -> Point? in
            guard let pair = point.array, pair.count == 2, let number = pair[0].integer, let time = pair[1].integer
            else { return nil }
            return Point(number: number, milliseconds: time)
        }
        guard points.count == json.array?.count, let frontier = Frontier(points: points) else {
            let counts = "\(Self.minimumPoints) to \(Self.maximumPoints)"
            throw .invalid(path: path, reason: "\(counts) pairs of a number and a time, ascending")
        }
        self = frontier
    }

    var json: JSONValue {
        .array(points.map { .array([.integer($0.number), .integer($0.milliseconds)]) })
    }
}
