import JSON
import StreamDefinition

extension FoldPlan {
    /// Throws where two streams declare the same table.
    static func checkNames(_ folds: [FoldPlan]) throws(WarehouseError) {
        var owners: [String: String] = [:]
        for fold in folds {
            for table in fold.stream.tables {
                if let other = owners[table.name] {
                    throw WarehouseError.sharedTable(table.name, streams: [other, fold.stream.name])
                }
                owners[table.name] = fold.stream.name
            }
        }
    }

    /// All tables, in the order of the plan.
    var tables: [Table] {
        let all = newest + children.map(\.table) + [history?.revisions, history?.latest].compactMap(\.self)
        return stream.tables.compactMap { plan in all.first { $0.plan.name == plan.name } }
    }
}

extension StreamPlan {
    /// All of the definition that decides what the tables hold.
    var mapping: JSONValue {
        [
            "identity": .string(identity.description), "time": .string(time.description),
            "tables": .array(tables.map(\.mapping)),
        ]
    }
}

extension TablePlan {
    fileprivate var mapping: JSONValue {
        [
            "name": .string(name), "keep": keep.mapping, "key": .array(key.map { .string($0) }),
            "each": each.map { .string($0.description) } ?? .null,
            "when": when.map { .string($0.description) } ?? .null,
            "columns": .array(
                columns.map { column in
                    [
                        "name": .string(column.name), "type": .string(column.type.rawValue),
                        "path": .string(column.path.description), "required": .boolean(column.isRequired),
                    ]
                }),
        ]
    }
}

extension TablePlan.Keep {
    fileprivate var mapping: JSONValue {
        switch self {
        case .newest: "newest"
        case .with(let owner): ["with": .string(owner)]
        case .latest(let revisions): ["latest": .string(revisions)]
        case .revisions(nil): "revisions"
        case .revisions(.some(let echo)):
            ["revisions": [.integer(echo.wholeMilliseconds), .integer(echo.withinMilliseconds)]]
        }
    }
}
