import StreamDefinition
import Warehouse

/// The statements that read what is to be written of a table. The rows of a day come one after the other, in an order that
/// depends on nothing but the rows.
struct TableScan {
    /// A SELECT of all columns, and its parameters.
    struct Statement: Equatable {
        let sql: String
        let parameters: [WarehouseValue]
    }

    /// The stretches of days that one statement asks for, of a table that has no index by time: it is read from end to end.
    static let stretchesWithoutIndex = 100

    let table: LakeTable

    /// The statements, to be run in their order.
    func statements(_ renewal: Renewal) -> [Statement] {
        guard let time = table.time else { return renewal == .none ? [] : [statement(where: "", [])] }
        let name = quoted(table.plan.columns[time].name)
        switch renewal {
        case .none: return []
        case .all: return [statementOfNoDay(name), statement(of: [UTCDays.range], name)]
        case .days(let days):
            let stretches = Self.stretches(days.filter { UTCDays.range.contains($0) })
            let most = isIndexed ? 1 : Self.stretchesWithoutIndex
            let ofDays = stride(from: 0, to: stretches.count, by: most).map { start in
                statement(of: stretches[start..<min(start + most, stretches.count)], name)
            }
            return (days.contains(UTCDays.none) ? [statementOfNoDay(name)] : []) + ofDays
        }
    }

    /// Days in a row, each row of days once, in order.
    static func stretches(_ days: Set<Int64>) -> [ClosedRange<Int64>] {
        var stretches: [ClosedRange<Int64>] = []
        for day in days.sorted() {
            if let last = stretches.last, last.upperBound == day - 1 {
                stretches[stretches.count - 1] = last.lowerBound...day
            } else {
                stretches.append(day...day)
            }
        }
        return stretches
    }

    /// Whether the warehouse finds the rows of a time without reading all: see `TableSchema`.
    private var isIndexed: Bool {
        if case .revisions = table.plan.keep { true } else { false }
    }

    /// The rows whose time is in no calendar.
    private func statementOfNoDay(_ time: String) -> Statement {
        let times = table.days.times(of: UTCDays.range)
        return statement(
            where: " WHERE \(time) < $1 OR \(time) >= $2", [.integer(times.lowerBound), .integer(times.upperBound)])
    }

    private func statement(of stretches: ArraySlice<ClosedRange<Int64>>, _ time: String) -> Statement {
        var parameters: [WarehouseValue] = []
        let conditions = stretches.map { stretch in
            let times = table.days.times(of: stretch)
            parameters += [.integer(times.lowerBound), .integer(times.upperBound)]
            return "\(time) >= $\(parameters.count - 1) AND \(time) < $\(parameters.count)"
        }
        return statement(where: " WHERE " + conditions.joined(separator: " OR "), parameters)
    }

    private func statement(where condition: String, _ parameters: [WarehouseValue]) -> Statement {
        let columns = table.plan.columns.map { quoted($0.name) }.joined(separator: ", ")
        let order = order.map(quoted).joined(separator: ", ")
        return Statement(
            sql: "SELECT \(columns) FROM \(quoted(table.plan.name))\(condition) ORDER BY \(order)",
            parameters: parameters)
    }

    /// The columns that rows are sorted by: things by their key, events by their time first. Of revisions it is the order of
    /// an index.
    private var order: [String] {
        let names = table.plan.columns.map(\.name)
        guard let time = table.time else { return table.plan.key }
        guard isIndexed else { return [names[time]] + table.plan.key }
        let identity = table.plan.columns.firstIndex { $0.path == .event(table.stream.identity) }
        let first = [time, identity].compactMap(\.self)
        return (first + names.indices.filter { !first.contains($0) }).map { names[$0] }
    }

    private func quoted(_ name: String) -> String { "\"\(name)\"" }
}
