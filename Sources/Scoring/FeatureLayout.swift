import JSON

/// The places a specification reads, each named once: what an event or a row must give, and in which position.
public struct FeatureLayout: Sendable {
    /// A list whose elements give tokens, and what is read of each element.
    public struct List: Sendable {
        /// The path of the list in the event.
        public let path: JSONPath
        /// The values read of one element, in the order of the flat `FeatureInputs.lists`.
        public fileprivate(set) var columns: [ValuePath]
    }

    /// The paths of single values, in the order of `FeatureInputs.values`.
    public private(set) var values: [JSONPath] = []
    /// The lists whose elements are counted; their counts stand behind the single values in `FeatureInputs.values`.
    public private(set) var counts: [JSONPath] = []
    /// The lists, in the order of `FeatureInputs.lists`.
    public private(set) var lists: [List] = []

    /// The layout of that specification.
    public init(_ specification: FeatureSpecification) {
        for feature in specification.features {
            let paths = feature.operands.flatMap(\.paths)
            for operand in feature.operands {
                for case .event(let path) in operand.valuePaths where !values.contains(path) { values.append(path) }
                if let path = operand.countPath, !counts.contains(path) { counts.append(path) }
            }
            guard let each = feature.each else { continue }
            let list = listIndex(adding: each)
            for path in paths where path.isOfElement && !lists[list].columns.contains(path) {
                lists[list].columns.append(path)
            }
        }
    }

    private mutating func listIndex(adding path: JSONPath) -> Int {
        if let index = lists.firstIndex(where: { $0.path == path }) { return index }
        lists.append(List(path: path, columns: []))
        return lists.count - 1
    }
}

extension Feature.Operand {
    /// The list of the event whose elements are counted for this value.
    var countPath: JSONPath? {
        if case .event(let path) = path, transforms.first == .count { path } else { nil }
    }

    /// The paths whose values themselves are read.
    fileprivate var valuePaths: [ValuePath] {
        countPath == nil ? paths : transforms.flatMap(\.paths)
    }
}
