import JSON

/// A specification made ready to run: plain numbers in flat arrays, with positions in the inputs in place of paths.
struct FeatureProgram: Sendable {
    /// A feature: its hashed name, its list (-1 for none) and its run of operands.
    struct Step {
        let prefix: TokenHash
        let list: Int
        let operands: Range<Int>
    }

    /// A value of a feature and its run of operations.
    struct Operand {
        let source: Source
        let operations: Range<Int>
        let isLowerCase: Bool
    }

    /// Where a value stands in the inputs: at a position of the single values, or in a column of the list's element.
    enum Source {
        case value(Int)
        case column(Int)
        case none
    }

    /// A transform.
    enum Operation {
        case presence
        case count
        case buckets(Range<Int>)
        case grid(millionths: Int64)
        case log2Difference(minus: Source, unit: Int64)
        case log2Age(at: Source, unit: Int64, frontier: Int?)
        case clock(FeatureTransform.Clock, offset: Int64, longitude: Source)
    }

    private(set) var steps: [Step] = []
    private(set) var operands: [Operand] = []
    private(set) var operations: [Operation] = []
    private(set) var boundaries: [Double] = []
    private(set) var frontiers: [Frontier] = []

    init(_ specification: FeatureSpecification, layout: FeatureLayout) {
        for feature in specification.features {
            let list = feature.each.flatMap { each in layout.lists.firstIndex { $0.path == each } }
            let first = operands.count
            for operand in feature.operands { append(operand, list: list, layout) }
            var prefix = TokenHash()
            Array(feature.name.utf8).withUnsafeBufferPointer { prefix.combine(text: $0) }
            steps.append(Step(prefix: prefix, list: list ?? -1, operands: first..<operands.count))
        }
    }

    private mutating func append(_ operand: Feature.Operand, list: Int?, _ layout: FeatureLayout) {
        let first = operations.count
        for transform in operand.transforms {
            switch transform {
            case .lowerCase: continue
            case .presence: operations.append(.presence)
            case .count: operations.append(.count)
            case .buckets(let limits):
                boundaries += limits
                operations.append(.buckets(boundaries.count - limits.count..<boundaries.count))
            case .grid(let cell): operations.append(.grid(millionths: Int64((cell * 1_000_000).rounded())))
            case .log2Difference(let minus, let unit):
                operations.append(
                    .log2Difference(minus: Self.source(minus, list, layout), unit: unit.milliseconds))
            case .log2Age(let time, let unit, let frontier):
                if let frontier { frontiers.append(frontier) }
                operations.append(
                    .log2Age(
                        at: Self.source(time, list, layout), unit: unit.milliseconds,
                        frontier: frontier == nil ? nil : frontiers.count - 1))
            case .clock(let clock, let minutes, let longitude):
                let source = longitude.map { Self.source($0, list, layout) } ?? .none
                operations.append(.clock(clock, offset: minutes * 60_000, longitude: source))
            }
        }
        operands.append(
            Operand(
                source: Self.source(operand, list, layout), operations: first..<operations.count,
                isLowerCase: operand.transforms.contains(.lowerCase)))
    }

    private static func source(_ operand: Feature.Operand, _ list: Int?, _ layout: FeatureLayout) -> Source {
        if let path = operand.countPath, let index = layout.counts.firstIndex(of: path) {
            return .value(layout.values.count + index)
        }
        return source(operand.path, list, layout)
    }

    private static func source(_ path: ValuePath, _ list: Int?, _ layout: FeatureLayout) -> Source {
        if case .event(let path) = path, let index = layout.values.firstIndex(of: path) { return .value(index) }
        if let list, let index = layout.lists[list].columns.firstIndex(of: path) { return .column(index) }
        preconditionFailure("a layout names every path of its specification")
    }
}
