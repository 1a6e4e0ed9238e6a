import JSON

extension FoldPlan {
    /// An object of the message: where the object is the same, so is all that is read of it.
    final class Part: Sendable {
        /// The entry of the message's node whose value it is.
        let entry: Int
        /// The slots, lists and presences below it.
        let slots: [Int]
        let lists: [Int]
        let presences: [Int]
        /// The positions in `slots` of those that are read of every message, whether or not the object is known.
        let sharedSlots: [Int]
        /// What must hold of it alone.
        let requirements: [Requirement]
        let textKeys: [TextKey]
        /// Whether the categories are its.
        let hasCategories: Bool

        fileprivate init(
            entry: Int, region: Region, sharedSlots: [Int], requirements: [Requirement], textKeys: [TextKey],
            hasCategories: Bool
        ) {
            (self.entry, slots, lists, presences) = (entry, region.slots, region.lists, region.presences)
            (self.sharedSlots, self.requirements, self.textKeys) = (sharedSlots, requirements, textKeys)
            self.hasCategories = hasCategories
        }
    }

    /// Tables whose rows, and those kept with them, depend on the same parts and on nothing else.
    struct Combination: Sendable {
        /// What the tables read of a part.
        struct Use: Sendable {
            let part: Int
            /// Positions in the part's `slots`, and in its `lists`.
            let slots: [Int]
            let lists: [Int]
        }

        let parts: [Int]
        /// By their position in `newest`.
        let tables: [Int]
        let uses: [Use]
    }

    /// Finds the parts that it pays to know again: objects on which the rows of tables depend.
    struct PartSearch {
        let layout: MessageLayout
        let newest: [Table]
        let children: [Child]
        let history: History?
        let measures: [Measure]
        let categories: Measure?
        let requirements: [Requirement]
        let textKeys: [TextKey]
        /// Slots that are always read.
        let always: [Int]

        /// The parts, and the tables that depend on them alone.
        var result: (parts: [Part], combinations: [Combination]) {
            var candidates = layout.nodes[0].filter { layout.entries[$0].node >= 0 }.map { entry in
                Candidate(entry: entry, region: Region(JSONKey(layout.name(of: entry)), of: layout))
            }
            while true {
                let tables = newest.indices.map { parts(of: $0, among: candidates) }
                let rest = newest.indices.filter { tables[$0] == nil }
                // Lists are read only of an object that is new, so that all who read them must depend on it alone.
                let kept = candidates.indices.filter { index in
                    let region = candidates[index].region
                    return tables.contains { $0?.contains(index) == true }
                        && !others(region, rest).contains { region.lists.contains($0.list) }
                }
                if kept.count == candidates.count {
                    return (candidates.map { part($0, rest) }, combinations(tables, of: candidates))
                }
                candidates = kept.map { candidates[$0] }
            }
        }

        private struct Candidate {
            let entry: Int
            let region: Region
        }

        private func combinations(_ tables: [[Int]?], of candidates: [Candidate]) -> [Combination] {
            var seen: [[Int]] = []
            for case let parts? in tables where !seen.contains(parts) { seen.append(parts) }
            return seen.map { parts in
                let own = tables.indices.filter { tables[$0] == parts }
                let read = own.flatMap(sources)
                let uses = parts.map { part in
                    let region = candidates[part].region
                    return Combination.Use(
                        part: part,
                        slots: region.slots.indices.filter { slot in
                            read.contains { $0.slots.contains(region.slots[slot]) }
                        },
                        lists: region.lists.indices.filter { list in read.contains { $0.list == region.lists[list] } })
                }
                return Combination(parts: parts, tables: own, uses: uses)
            }
        }

        /// The parts on which alone a table depends, with the rows kept with its own; nil where it depends on more.
        private func parts(of table: Int, among candidates: [Candidate]) -> [Int]? {
            var used: Set<Int> = []
            for sources in sources(of: table) {
                for piece in sources.pieces {
                    guard let owner = candidates.firstIndex(where: { $0.region.contains(piece) }) else { return nil }
                    used.insert(owner)
                }
            }
            return used.isEmpty ? nil : used.sorted()
        }

        private func sources(of table: Int) -> [Sources] {
            [Sources(newest[table])] + newest[table].children.map { Sources(children[$0].table) }
        }

        /// All that reads messages and is not the region's alone; of tables those at `rest`.
        private func others(_ region: Region, _ rest: [Int]) -> [Sources] {
            var all = rest.flatMap(sources)
            all += [history?.revisions, history?.owner].compactMap(\.self).map { Sources($0) }
            all += measures.map { Sources($0) }
            all += [categories].compactMap(\.self).filter { !isOwn($0, region) }.map { Sources($0) }
            all += requirements.map { Sources($0) }.filter { !region.contains($0) }
            return all + textKeys.map { Sources($0) }.filter { !region.contains($0) }
        }

        private func isOwn(_ categories: Measure, _ region: Region) -> Bool {
            region.lists.contains(categories.list) && region.contains(Sources(categories))
        }

        private func part(_ candidate: Candidate, _ rest: [Int]) -> Part {
            let region = candidate.region
            let read = Set(others(region, rest).flatMap(\.slots) + always)
            return Part(
                entry: candidate.entry, region: region,
                sharedSlots: region.slots.indices.filter { read.contains(region.slots[$0]) },
                requirements: requirements.filter { region.contains(Sources($0)) },
                textKeys: textKeys.filter { region.contains(Sources($0)) },
                hasCategories: categories.map { isOwn($0, region) } ?? false)
        }
    }

    /// The slots, lists and presences below a name of the message.
    fileprivate struct Region {
        let slots: [Int]
        let lists: [Int]
        /// That of the object itself is one of them.
        let presences: [Int]

        init(_ name: JSONKey, of layout: MessageLayout) {
            func isBelow(_ path: JSONPath) -> Bool { path.keys.first == name && path.keys.count > 1 }
            slots = layout.slots.indices.filter {
                if case .event(let path) = layout.slots[$0].path { isBelow(path) } else { false }
            }
            lists = layout.lists.indices.filter { isBelow(layout.lists[$0].path) }
            presences = layout.presences.indices.filter { layout.presences[$0].keys.first == name }
        }

        func contains(_ sources: Sources) -> Bool {
            (sources.list < 0 || lists.contains(sources.list))
                && (sources.presence < 0 || presences.contains(sources.presence))
                && sources.slots.allSatisfy { slots.contains($0) }
        }
    }

    /// What something reads: slots of the message, a list, a presence; -1 for none.
    fileprivate struct Sources {
        let slots: [Int]
        let list: Int
        let presence: Int

        private init(_ sources: [Int], _ list: Int, _ presence: Int) {
            (slots, self.list, self.presence) = (sources.filter { $0 >= 0 }, list, presence)
        }

        /// What is read, each alone.
        var pieces: [Sources] {
            slots.map { Sources([$0], -1, -1) } + (list < 0 ? [] : [Sources([], list, -1)])
                + (presence < 0 ? [] : [Sources([], -1, presence)])
        }

        init(_ table: Table) { self.init(table.sources, table.list, table.presence) }
        init(_ measure: Measure) { self.init([measure.value] + [measure.label].compactMap(\.self), measure.list, -1) }
        init(_ requirement: Requirement) { self.init([requirement.source], requirement.list, requirement.presence) }
        init(_ key: TextKey) { self.init(key.sources, key.list, key.presence) }
    }
}
