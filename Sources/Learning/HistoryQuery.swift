import JSON
import Scoring
import StreamDefinition

/// The SQL that reads a stream's history back from its tables: one row a labelled revision, in the order of time.
///
/// It starts at the table that keeps revisions and follows references to the tables where the wanted values stand,
/// which hold the newest state of what is referred to. Lists are read by a query of their own, by their owner's key.
struct HistoryQuery {
    /// A table on the way and how it is joined.
    private struct Stop {
        let table: TablePlan
        let parent: Int
        /// Columns of the parent and the columns of this table that equal them.
        let on: [(String, String)]
    }

    /// A list of the events: how its rows are found.
    struct ListQuery {
        /// A query with a parameter for each column of the owner's key.
        let sql: String
        /// The columns of the main query that hold the owner's key.
        let keyColumns: [Int]
        /// Which of the columns selected hold truths, as 1 and 0.
        let truths: Set<Int>
    }

    /// The main query. Parameters: the positive labels, then all labels, then the limit's offset.
    let sql: String
    /// The query for the number of examples and of positive ones, and for those after a time. Parameters: the positive
    /// labels, the time, then all labels.
    let countSQL: String
    /// The column with the label: 1 or 0.
    let labelColumn = 0
    /// The column with the time.
    let timeColumn = 1
    /// The column with the group of the baseline.
    let groupColumn: Int?
    /// The columns of the layout's values, in their order.
    let valueColumns: [Int]
    /// The columns that hold truths, as 1 and 0.
    let truths: Set<Int>
    /// The queries of the layout's lists, in their order, then of its counted lists.
    let lists: [ListQuery]

    init(
        _ plan: StreamPlan, label: LabelSpecification, layout: FeatureLayout, baseline: JSONPath?
    ) throws(LearningError) {
        guard let revisions = plan.revisions else { throw .noHistory(stream: plan.name) }
        let stops = Self.stops(plan, from: revisions)
        let time = try Self.expression(plan.time, stops)
        let target = try Self.expression(label.path, stops)
        let (positives, all) = (label.positive.count, label.positive.count + label.negative.count)
        var columns = [Self.flag("\(target.sql) IN (\(Self.marks(positives, after: 0)))"), time.sql]
        var used: Set<Int> = [time.stop, target.stop]
        var truths: Set<Int> = []
        func column(_ path: JSONPath) throws(LearningError) -> Int {
            let found = try Self.expression(path, stops)
            used.insert(found.stop)
            if let known = columns.firstIndex(of: found.sql) { return known }
            columns.append(found.sql)
            if found.isTruth { truths.insert(columns.count - 1) }
            return columns.count - 1
        }
        var values: [Int] = []
        for path in layout.values { values.append(try column(path)) }
        valueColumns = values
        if let baseline { groupColumn = try column(baseline) } else { groupColumn = nil }
        var lists: [ListQuery] = []
        for list in layout.lists {
            lists.append(try Self.list(plan, list.path, list.columns, column))
        }
        for path in layout.counts { lists.append(try Self.list(plan, path, [], column)) }
        self.lists = lists
        self.truths = truths
        let from = Self.from(stops, used)
        let order = ([time.sql] + revisions.key.map { "t0.\(Self.quoted($0))" }).joined(separator: ", ")
        sql = """
            SELECT \(columns.joined(separator: ", ")) FROM \(from) WHERE \(target.sql) IN \
            (\(Self.marks(all, after: positives))) ORDER BY \(order) LIMIT \(Int64.max) OFFSET $\(positives + all + 1)
            """
        countSQL = """
            SELECT count(*), \
            coalesce(sum(\(Self.flag("\(target.sql) IN (\(Self.marks(positives, after: 0)))"))), 0), \
            coalesce(sum(\(Self.flag("\(time.sql) > $\(positives + 1)"))), 0) \
            FROM \(Self.from(stops, [time.stop, target.stop])) \
            WHERE \(target.sql) IN (\(Self.marks(all, after: positives + 1)))
            """
    }
}

extension HistoryQuery {
    /// All tables that references lead to, the nearest first.
    private static func stops(_ plan: StreamPlan, from revisions: TablePlan) -> [Stop] {
        var stops = [Stop(table: revisions, parent: 0, on: [])]
        var index = 0
        while index < stops.count {
            let table = stops[index].table
            var next = table.foreignKeys.map { ($0.table, Array(zip($0.columns, $0.referenced))) }
            if index == 0, let latest = plan.latest { next.append((latest.name, sharedKey(latest, revisions))) }
            for (name, on) in next where !on.isEmpty && !stops.contains(where: { $0.table.name == name }) {
                guard let other = plan.table(name), other.each == nil else { continue }
                stops.append(Stop(table: other, parent: index, on: on))
            }
            index += 1
        }
        return stops
    }

    /// The columns of the revisions that hold the key of the table of latest ones; empty where one is missing.
    private static func sharedKey(_ latest: TablePlan, _ revisions: TablePlan) -> [(String, String)] {
        let pairs = latest.key.compactMap { name -> (String, String)? in
            guard let path = latest.column(name)?.path else { return nil }
            return revisions.columns.first { $0.path == path }.map { ($0.name, name) }
        }
        return pairs.count == latest.key.count ? pairs : []
    }

    private static func expression(
        _ path: JSONPath, _ stops: [Stop]
    ) throws(LearningError) -> (sql: String, stop: Int, isTruth: Bool) {
        for (index, stop) in stops.enumerated() {
            if let column = stop.table.columns.first(where: { $0.path == .event(path) }) {
                return ("t\(index).\(quoted(column.name))", index, column.type == .boolean)
            }
        }
        throw .noColumn(path: path.description)
    }

    private static func from(_ stops: [Stop], _ used: Set<Int>) -> String {
        var needed: Set<Int> = [0]
        for stop in used {
            var current = stop
            while needed.insert(current).inserted { current = stops[current].parent }
        }
        var sql = "\(quoted(stops[0].table.name)) AS t0"
        for (index, stop) in stops.enumerated() where index > 0 && needed.contains(index) {
            let on = stop.on.map { "t\(index).\(quoted($0.1)) = t\(stop.parent).\(quoted($0.0))" }
            sql += " LEFT JOIN \(quoted(stop.table.name)) AS t\(index) ON \(on.joined(separator: " AND "))"
        }
        return sql
    }

    /// The query for a list: the table kept with its owner, and what its rows refer to.
    private static func list(
        _ plan: StreamPlan, _ path: JSONPath, _ columns: [ValuePath],
        _ mainColumn: (JSONPath) throws(LearningError) -> Int
    ) throws(LearningError) -> ListQuery {
        guard let table = plan.tables.first(where: { $0.each == path && $0.owner != nil }), let owner = table.owner,
            let link = table.foreignKeys.first(where: { $0.table == owner })
        else { throw .noColumn(path: path.description) }
        var keyColumns: [Int] = []
        for name in link.columns {
            guard case .event(let path) = table.column(name)?.path else { throw .noColumn(path: path.description) }
            keyColumns.append(try mainColumn(path))
        }
        var selected: [String] = []
        var truths: Set<Int> = []
        var joins = ""
        for wanted in columns {
            if let column = table.columns.first(where: { wanted.isHeld(by: $0) }) {
                if column.type == .boolean { truths.insert(selected.count) }
                selected.append("t0.\(quoted(column.name))")
                continue
            }
            let found = table.foreignKeys.lazy.compactMap { key -> (ForeignKey, ColumnPlan)? in
                guard let other = plan.table(key.table), other.each == path else { return nil }
                return other.columns.first { wanted.isHeld(by: $0) }.map { (key, $0) }
            }.first
            guard let (key, column) = found else { throw .noColumn(path: "\(path): \(wanted)") }
            let alias = quoted(key.table)
            if !joins.contains(" LEFT JOIN \(alias) ") {
                let on = zip(key.columns, key.referenced).map { "\(alias).\(quoted($1)) = t0.\(quoted($0))" }
                joins += " LEFT JOIN \(alias) ON \(on.joined(separator: " AND "))"
            }
            if column.type == .boolean { truths.insert(selected.count) }
            selected.append("\(alias).\(quoted(column.name))")
        }
        let condition = link.columns.enumerated().map { "t0.\(quoted($0.element)) = $\($0.offset + 1)" }
            .joined(separator: " AND ")
        let order = table.key.map { "t0.\(quoted($0))" }.joined(separator: ", ")
        return ListQuery(
            sql: "SELECT \(selected.isEmpty ? "1" : selected.joined(separator: ", ")) FROM \(quoted(table.name)) AS t0"
                + "\(joins) WHERE \(condition) ORDER BY \(order)",
            keyColumns: keyColumns, truths: truths)
    }

    /// So many parameters, numbered from the one behind `last`.
    private static func marks(_ count: Int, after last: Int) -> String {
        (1...count).map { "$\(last + $0)" }.joined(separator: ", ")
    }

    /// A condition as 1 or 0, which not all engines say of themselves.
    private static func flag(_ condition: String) -> String {
        "CASE WHEN \(condition) THEN 1 ELSE 0 END"
    }

    private static func quoted(_ name: String) -> String {
        "\"\(name)\""
    }
}

extension TablePlan {
    /// The table with whose rows this one's are kept.
    fileprivate var owner: String? {
        if case .with(let owner) = keep { owner } else { nil }
    }
}

extension ValuePath {
    /// Whether a column holds what stands at this path.
    fileprivate func isHeld(by column: ColumnPlan) -> Bool {
        switch (self, column.path) {
        case (.element(let wanted), .element(let path)): wanted == path
        case (.elementKey, .elementKey): true
        default: false
        }
    }
}
