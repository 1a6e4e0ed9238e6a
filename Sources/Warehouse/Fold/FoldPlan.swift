import JSON
import StreamDefinition

/// A stream's plan, ready for folding: where in a message's slots each table finds its columns.
final class FoldPlan: Sendable {
    /// A table and where its columns come from.
    final class Table: Sendable {
        let plan: TablePlan
        /// For each column a slot of the message, or `~slot` of the list.
        let sources: [Int]
        /// The positions of the key's columns.
        let key: [Int]
        /// The positions of the other columns.
        let others: [Int]
        /// The list whose elements give rows, -1 for one row a message.
        let list: Int
        /// The presence without which there is no row, -1 for none.
        let presence: Int
        /// The positions, in `FoldPlan.children`, of the tables whose rows go with this one's.
        let children: [Int]
        /// The position of the column that holds the stream's subject, -1 for none.
        let subject: Int

        init(
            plan: TablePlan, sources: [Int], key: [Int], list: Int, presence: Int, children: [Int] = [], subject: Int
        ) {
            (self.plan, self.sources, self.key) = (plan, sources, key)
            (self.list, self.presence, self.children, self.subject) = (list, presence, children, subject)
            others = sources.indices.filter { !key.contains($0) }
        }

        var width: Int { sources.count }
    }

    /// Rows that go with those of another table, and that table's position in `newest`.
    struct Child: Sendable {
        let table: Table
        let owner: Int
    }

    /// The revisions and the columns that the latest of them takes from the newest message.
    final class History: Sendable {
        let revisions: Table
        /// Positions in a revision: identity and time.
        let identity: Int
        let time: Int
        /// The positions in the order by which revisions are sorted: identity, time, the other columns.
        let order: [Int]
        let echo: EchoRule?
        /// The latest, and of its columns those the revisions lack, behind the identity.
        let latest: Table?
        let owner: Table?

        init(revisions: Table, identity: Int, time: Int, echo: EchoRule?, latest: Table?, owner: Table?) {
            (self.revisions, self.identity, self.time) = (revisions, identity, time)
            (self.echo, self.latest, self.owner) = (echo, latest, owner)
            order = [identity, time] + revisions.sources.indices.filter { $0 != identity && $0 != time }
        }
    }

    /// Where a measure finds its values: a slot of the message, or the list and its slots.
    struct Measure: Sendable {
        let list: Int
        let value: Int
        let label: Int?
    }

    /// A value that must not be null.
    struct Requirement: Hashable, Sendable {
        let source: Int
        let list: Int
        let presence: Int
    }

    let stream: StreamPlan
    let layout: MessageLayout
    let identity: Int
    let time: Int
    let newest: [Table]
    let children: [Child]
    let history: History?
    let split: Measure?
    let regions: Measure?
    let categories: Measure?
    /// What must hold of each message, but for what a part asks of itself alone.
    let requirements: [Requirement]
    let textKeys: [TextKey]
    let parts: [Part]
    let combinations: [Combination]
    /// The part that has the categories.
    let categoryPart: Int?
    /// The `newest` tables, by their positions, whose rows depend on more than parts.
    let otherNewest: [Int]

    init(_ stream: StreamPlan) {
        var layout = MessageLayout()
        self.stream = stream
        time = layout.slot(stream.time, .column(.integer))
        let children = stream.tables.compactMap { table in
            if case .with(let owner) = table.keep { owner } else { nil }
        }
        let tables = stream.tables.map { table in
            Self.table(table, of: stream, children: children.indices.filter { children[$0] == table.name }, &layout)
        }
        newest = tables.filter { $0.plan.keep == .newest }
        let owners = newest.map(\.plan.name)
        self.children = tables.compactMap { table in
            guard case .with(let owner) = table.plan.keep else { return nil }
            return owners.firstIndex(of: owner).map { Child(table: table, owner: $0) }
        }
        history = tables.first { if case .revisions = $0.plan.keep { true } else { false } }
            .map { Self.history($0, tables, stream) }
        split = stream.measures?.split.map { Self.measure($0, &layout) }
        regions = stream.measures?.regions.map { Self.measure($0, &layout) }
        categories = stream.measures?.categories.map { Self.measure($0, &layout) }
        // Whatever kind it has, a message without an identity is none of this stream.
        identity = layout.slot(stream.identity, .measure)
        let requirements = Self.requirements(tables, always: [time, identity])
        let textKeys = Self.keys(of: tables, identity: stream.identity)
        layout.finish()
        let (parts, combinations) = PartSearch(
            layout: layout, newest: newest, children: self.children, history: history,
            measures: [split, regions].compactMap(\.self), categories: categories, requirements: requirements,
            textKeys: textKeys, always: [time, identity]
        ).result
        layout.mark(parts: parts.map(\.entry))
        self.layout = layout
        self.parts = parts
        self.combinations = combinations
        categoryPart = parts.firstIndex { $0.hasCategories }
        otherNewest = newest.indices.filter { table in !combinations.contains { $0.tables.contains(table) } }
        let owned = parts.flatMap(\.requirements)
        self.requirements = requirements.filter { !owned.contains($0) }
        let ownedKeys = parts.flatMap(\.textKeys)
        self.textKeys = textKeys.filter { !ownedKeys.contains($0) }
    }

    private static func table(
        _ plan: TablePlan, of stream: StreamPlan, children: [Int], _ layout: inout MessageLayout
    ) -> Table {
        let list = plan.each.map { layout.list($0) } ?? -1
        let sources = plan.columns.map { column in
            switch column.path {
            case .event(let path): layout.slot(path, .column(column.type))
            case .element, .elementKey: ~layout.listSlot(list, column.path, .column(column.type))
            }
        }
        return Table(
            plan: plan, sources: sources,
            key: plan.key.compactMap { name in plan.columns.firstIndex { $0.name == name } },
            list: list, presence: plan.when.map { layout.presence($0) } ?? -1, children: children,
            subject: stream.subjectColumn(of: plan).flatMap { plan.columns.firstIndex(of: $0) } ?? -1)
    }

    private static func history(_ revisions: Table, _ tables: [Table], _ stream: StreamPlan) -> History {
        func position(_ path: JSONPath) -> Int {
            revisions.plan.columns.firstIndex { $0.path == .event(path) } ?? 0
        }
        var echo: EchoRule?
        if case .revisions(let rule) = revisions.plan.keep { echo = rule }
        let latest = tables.first { if case .latest = $0.plan.keep { true } else { false } }
        let owner = latest.map { latest in
            let shared = Set(revisions.plan.columns.map(\.path))
            let positions =
                latest.key + latest.sources.indices.filter { !shared.contains(latest.plan.columns[$0].path) }
            return Table(
                plan: latest.plan, sources: positions.map { latest.sources[$0] }, key: [0], list: -1, presence: -1,
                subject: positions.firstIndex(of: latest.subject) ?? -1)
        }
        return History(
            revisions: revisions, identity: position(stream.identity), time: position(stream.time), echo: echo,
            latest: latest, owner: owner)
    }

    private static func measure(_ measure: Measures.Measure, _ layout: inout MessageLayout) -> Measure {
        let list = measure.each.map { layout.list($0) } ?? -1
        func slot(_ path: ValuePath) -> Int {
            if case .event(let path) = path { return layout.slot(path, .measure) }
            return ~layout.listSlot(list, path, .measure)
        }
        return Measure(list: list, value: slot(measure.path), label: measure.label.map(slot))
    }

    /// All that must be there, each once, those of the message before those of elements.
    private static func requirements(_ tables: [Table], always: [Int]) -> [Requirement] {
        var all = always.map { Requirement(source: $0, list: -1, presence: -1) }
        for table in tables {
            for (column, source) in zip(table.plan.columns, table.sources) where column.isRequired {
                let isOfElement = source < 0
                let isConditional = table.list >= 0 && !isOfElement
                // A message's value that only elements' rows hold is wanted where there are elements.
                all.append(
                    Requirement(
                        source: source, list: isOfElement || isConditional ? table.list : -1, presence: table.presence))
            }
        }
        var known: Set<Requirement> = []
        return all.filter { known.insert($0).inserted }
    }
}
