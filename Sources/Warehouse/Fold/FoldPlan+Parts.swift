import JSON

extension FoldPlan {
    /// An object of the message, and what depends on nothing else: where the object is the same, so are these rows.
    final class Part: Sendable {
        /// The entry of the message's node whose value it is.
        let entry: Int
        /// The slots, lists and presences below it.
        let slots: [Int]
        let lists: [Int]
        let presences: [Int]
        /// The positions in `slots` of those that others read too.
        let sharedSlots: [Int]
        /// The tables, by their position in `newest`, all of whose columns lie below it.
        let tables: [Int]
        /// What must hold of it alone.
        let requirements: [Requirement]
        let textKeys: [TextKey]
        /// Whether the categories are its.
        let hasCategories: Bool

        fileprivate init(
            entry: Int, region: Region, sharedSlots: [Int], tables: [Int], requirements: [Requirement],
            textKeys: [TextKey], hasCategories: Bool
        ) {
            (self.entry, slots, lists, presences) = (entry, region.slots, region.lists, region.presences)
            (self.sharedSlots, self.tables) = (sharedSlots, tables)
            (self.requirements, self.textKeys, self.hasCategories) = (requirements, textKeys, hasCategories)
        }
    }

    /// Finds the parts that it pays to know again: objects with lists, of which nothing but they themselves depends on the
    /// elements.
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

        var parts: [Part] {
            layout.nodes[0].compactMap { part($0) }
        }

        private func part(_ entry: Int) -> Part? {
            let own = Region(JSONKey(layout.name(of: entry)), of: layout)
            func isOwn(_ table: Int) -> Bool {
                own.contains(Sources(newest[table]))
                    && newest[table].children.allSatisfy { own.contains(Sources(children[$0].table)) }
            }
            let tables = newest.indices.filter(isOwn)
            let hasCategories = categories.map { own.lists.contains($0.list) && own.contains(Sources($0)) } ?? false
            let ownRequirements = requirements.filter { own.contains(Sources($0)) }
            let ownKeys = textKeys.filter { own.contains(Sources($0)) }

            let otherTables = newest.indices.filter { !tables.contains($0) }.flatMap { table in
                [newest[table]] + newest[table].children.map { children[$0].table }
            }
            let otherMeasures = measures + (hasCategories ? [] : [categories].compactMap(\.self))
            var others = (otherTables + [history?.revisions, history?.owner].compactMap(\.self)).map { Sources($0) }
            others += otherMeasures.map { Sources($0) }
            others += requirements.filter { !ownRequirements.contains($0) }.map { Sources($0) }
            others += textKeys.filter { !ownKeys.contains($0) }.map { Sources($0) }
            if own.lists.isEmpty || tables.isEmpty || others.contains(where: { own.lists.contains($0.list) }) {
                return nil
            }
            let read = Set(others.flatMap(\.slots) + always)
            return Part(
                entry: entry, region: own,
                sharedSlots: own.slots.indices.filter { read.contains(own.slots[$0]) }, tables: tables,
                requirements: ownRequirements, textKeys: ownKeys, hasCategories: hasCategories)
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

        init(_ table: Table) { self.init(table.sources, table.list, table.presence) }
        init(_ measure: Measure) { self.init([measure.value] + [measure.label].compactMap(\.self), measure.list, -1) }
        init(_ requirement: Requirement) { self.init([requirement.source], requirement.list, requirement.presence) }
        init(_ key: TextKey) { self.init(key.sources, key.list, key.presence) }
    }
}
