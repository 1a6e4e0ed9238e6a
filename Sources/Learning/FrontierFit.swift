import JSON
import Scoring
import StreamDefinition
import Warehouse

/// Finds the frontier of a growing series in a history: each time the series comes further is a candidate point; of
/// those at most `count` and one are kept, spread evenly over the numbers.
struct FrontierFit {
    /// The points that are kept, less one.
    static let count = 32

    private var points: [Frontier.Point] = []
    private var spacing: Int64 = 0

    /// The frontier found; nil where the series never moved.
    var frontier: Frontier? {
        Frontier(points: Self.thinned(points, spacing: Self.spacing(of: points)))
    }

    /// Looks at the next number, at a time in milliseconds since 1970. Times should ascend.
    mutating func add(_ number: Int64, at time: Int64) {
        guard let last = points.last else {
            points.append(Frontier.Point(number: number, milliseconds: time))
            return
        }
        guard number > last.number else { return }
        // The last point is provisional: it stays only where it is far enough from the one before.
        if points.count > 1, last.number - points[points.count - 2].number < spacing { points.removeLast() }
        points.append(Frontier.Point(number: number, milliseconds: max(time, last.milliseconds)))
        if points.count > 4 * Self.count {
            spacing = Self.spacing(of: points)
            points = Self.thinned(points, spacing: spacing)
        }
    }

    private static func spacing(of points: [Frontier.Point]) -> Int64 {
        guard let first = points.first, let last = points.last else { return 0 }
        let (span, overflow) = last.number.subtractingReportingOverflow(first.number)
        return (overflow ? .max : span) / Int64(count)
    }

    /// The first and the last point, and between them those at least `spacing` apart.
    private static func thinned(_ points: [Frontier.Point], spacing: Int64) -> [Frontier.Point] {
        guard points.count > 2 else { return points }
        var kept = [points[0]]
        for point in points[1..<points.count - 1] where point.number - kept[kept.count - 1].number >= spacing {
            kept.append(point)
        }
        if kept.count > 1, points[points.count - 1].number - kept[kept.count - 1].number < spacing { kept.removeLast() }
        return kept + [points[points.count - 1]]
    }
}

extension FrontierFit {
    /// The features with the frontiers of their ages, as the history shows them. Labels are not looked at.
    static func fit(_ plan: StreamPlan, _ learning: LearningPlan, in warehouse: any Warehouse) throws
        -> FeatureSpecification
    {
        var fits: [(operand: Feature.Operand, fit: FrontierFit)] = []
        for operand in learning.features.features.flatMap(\.operands) where operand.age != nil {
            if !fits.contains(where: { $0.operand == operand }) { fits.append((operand, FrontierFit())) }
        }
        if fits.isEmpty { return learning.features }
        let plain = fits.enumerated().flatMap { index, entry in
            [entry.operand.path, entry.operand.age ?? entry.operand.path].enumerated().map { part, path in
                Feature(name: "\(index).\(part)", operands: [Feature.Operand(path: path)])
            }
        }
        let history = try History(
            plan, features: FeatureSpecification(features: plain), label: learning.label, in: warehouse)
        let layout = history.extractor.layout
        func position(_ path: ValuePath?) -> Int? {
            if case .event(let path) = path { layout.values.firstIndex(of: path) } else { nil }
        }
        let positions = fits.map { (position($0.operand.path), position($0.operand.age)) }
        try history.forEachExample { _ in
            for index in fits.indices {
                guard let number = positions[index].0, let time = positions[index].1,
                    case .integer(let number) = history.extractor.inputs.values[number],
                    case .integer(let time) = history.extractor.inputs.values[time]
                else { continue }
                fits[index].fit.add(number, at: time)
            }
        }
        let features = learning.features.features.map { feature in
            let operands = feature.operands.map { operand in
                guard let entry = fits.first(where: { $0.operand == operand }) else { return operand }
                return operand.with(entry.fit.frontier)
            }
            return Feature(name: feature.name, each: feature.each, operands: operands)
        }
        return FeatureSpecification(features: features)
    }
}

extension Feature.Operand {
    /// The path of the time at which an age without a frontier yet is taken; nil for other operands.
    fileprivate var age: ValuePath? {
        guard case .log2Age(let time, _, nil) = transforms.first else { return nil }
        return path.isOfElement || time.isOfElement ? nil : time
    }

    /// The operand with that frontier for its age.
    fileprivate func with(_ frontier: Frontier?) -> Feature.Operand {
        let transforms = transforms.map { transform -> FeatureTransform in
            guard case .log2Age(let time, let unit, nil) = transform else { return transform }
            return .log2Age(at: time, unit: unit, frontier: frontier)
        }
        return Feature.Operand(path: path, transforms: transforms)
    }
}
