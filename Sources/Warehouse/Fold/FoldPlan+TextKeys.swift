import JSON
import StreamDefinition

extension FoldPlan {
    /// Texts that together are looked up in an index.
    struct TextKey: Hashable, Sendable {
        /// The texts of a key have at most so many bytes together, since PostgreSQL's indexes hold no longer ones; U+0000
        /// and U+0001 count twice, as they stand there.
        static let byteLimit = 2048

        let sources: [Int]
        let list: Int
        let presence: Int
    }

    /// The texts of all keys and references, each once. Those of revisions are in no index but for the identity.
    static func keys(of tables: [Table], identity: JSONPath) -> [TextKey] {
        var all: [TextKey] = []
        for table in tables {
            let columns = table.plan.columns
            var groups = table.plan.foreignKeys.map(\.columns)
            if case .revisions = table.plan.keep {
                groups.append(columns.filter { $0.path == .event(identity) }.map(\.name))
            } else {
                groups.append(table.plan.key)
            }
            for names in groups {
                let sources = columns.indices.filter {
                    columns[$0].type == .text && names.contains(columns[$0].name)
                }.map { table.sources[$0] }
                if sources.isEmpty { continue }
                all.append(TextKey(sources: sources, list: table.list, presence: table.presence))
            }
        }
        var known: Set<TextKey> = []
        return all.filter { known.insert($0).inserted }
    }
}
