import JSON

/// What a stream file declares, checked: where the stream comes from, what identifies a message and how it becomes rows.
///
///     {"stream": "orders", "version": 1,
///      "source": {"url": "wss://HOST/PATH", "transport": "websocket", "silence": "60 s",
///                 "resume": {"url": "https://HOST/PATH", "parameter": "since"}},
///      "event": {"identity": "id", "time": "changed_at", "unit": "second"},
///      "subject": {...}, "tables": [...], "measures": {...}, "learning": {...}}
///
/// `resume`, `unit`, `subject`, `measures` and `learning` may be left out. A message's time is a whole number, counted in `unit`
/// (`second`, or `millisecond`, the default) from 1970 on; tables hold it as it came. An unknown key is an error.
/// The subject is described at `Subject`, the tables at `TablePlan`, the measures at `Measures`, what is learnt at `LearningPlan`.
public struct StreamPlan: Sendable {
    /// The stream's name: `a-z`, `0-9`, `_`, beginning with a letter.
    public let name: String
    /// The version of the definition, as its author counts.
    public let version: Int64
    /// Where the stream comes from.
    public let source: StreamSource
    /// Where a message says what it is about: messages of the same identity are revisions of one thing.
    public let identity: JSONPath
    /// Where a message says when it was made.
    public let time: JSONPath
    /// What that time is counted in.
    public let unit: TimeUnit
    /// Whom the messages are about, where that is a person.
    public let subject: Subject?
    /// The tables that messages become, in the order of the file.
    public let tables: [TablePlan]
    /// What is counted as it comes in.
    public let measures: Measures?
    /// What is learnt from the stream.
    public let learning: LearningPlan?

    /// The table of that name.
    public func table(_ name: String) -> TablePlan? {
        tables.first { $0.name == name }
    }

    /// The table that keeps one row a distinct version of a thing, where the stream has one.
    public var revisions: TablePlan? {
        tables.first { if case .revisions = $0.keep { true } else { false } }
    }

    /// The table that keeps the latest revision of each thing, where the stream has one.
    public var latest: TablePlan? {
        tables.first { if case .latest = $0.keep { true } else { false } }
    }

    /// The column that holds what stands at a path of the message, or of an element of `each`.
    ///
    /// Of several columns the one nearest to a message's own history is taken: the revisions first, then rows that own
    /// the value, last those that refer to it; with `each`, the rows kept with their owner before those of their own.
    /// - Parameter path: from the message's root; with `each` from the element, also written `@`, `@.path` or `@key`.
    public func location(of path: JSONPath, each: JSONPath? = nil) -> (table: String, column: String)? {
        let text = path.description
        let wanted: ValuePath = each == nil || text.hasPrefix("@") ? ValuePath(text) : .element(path)
        var best: (rank: Int, table: String, column: String)?
        for table in tables where table.each == each {
            for column in table.columns where column.path == wanted {
                let owns = column.references == nil || each != nil || table.name == revisions?.name
                let rank = table.keep.rank + (owns ? 0 : 10)
                if best.map({ rank < $0.rank }) ?? true { best = (rank, table.name, column.name) }
            }
        }
        return best.map { ($0.table, $0.column) }
    }
}

extension TablePlan.Keep {
    /// How far a table is from the history of single messages.
    fileprivate var rank: Int {
        switch self {
        case .revisions: 0
        case .with: 1
        case .newest: 2
        case .latest: 3
        }
    }
}
