import Glibc
import JSON
import StreamDefinition

/// Which values of a message are read, each named once, and the tree of names that leads to them.
///
/// A value has a slot of its own for each type it is read as. Nodes and entries are kept flat, so that reading a
/// message touches no reference.
struct MessageLayout: Sendable {
    /// How a slot's value is read.
    enum Kind: Equatable, Sendable {
        case column(ColumnPlan.ColumnType)
        /// Any single value; everything else reads as null and is no fault.
        case measure
    }

    struct Slot: Sendable {
        let path: ValuePath
        let kind: Kind
    }

    /// A name in an object of the message and what is done with its value; -1 for nothing.
    struct Entry: Sendable {
        let prefix: UInt64
        let count: Int
        let keyStart: Int
        var slots: Range<Int> = 0..<0
        var node = -1
        var list = -1
        var presence = -1
        /// The position in `FoldPlan.parts` of what depends on the value alone.
        fileprivate(set) var part = -1
    }

    /// An array or map whose elements are read.
    struct List: Sendable {
        let path: JSONPath
        var slots: [Slot] = []
        /// The slots of the element itself, and those of its name.
        fileprivate(set) var wholes: [Int] = []
        fileprivate(set) var names: [Int] = []
        /// Whether a column reads the element's name, so that it must be a map.
        var isMap: Bool { !names.isEmpty }
        /// The node of the element's members, -1 where none is read.
        var node = -1
    }

    private(set) var slots: [Slot] = []
    private(set) var lists: [List] = []
    /// Values of which only matters whether they are there.
    private(set) var presences: [JSONPath] = []
    private(set) var keys: [UInt8] = []
    private(set) var entries: [Entry] = []
    /// The entries of each node; node 0 is the message.
    private(set) var nodes: [Range<Int>] = []
    /// What the `slots` of the entries mean: slots of the message, or of the list.
    private(set) var entrySlots: [Int] = []

    mutating func slot(_ path: JSONPath, _ kind: Kind) -> Int {
        Self.index(of: .event(path), kind, in: &slots)
    }

    mutating func list(_ path: JSONPath) -> Int {
        if let known = lists.firstIndex(where: { $0.path == path }) { return known }
        lists.append(List(path: path))
        return lists.count - 1
    }

    mutating func listSlot(_ list: Int, _ path: ValuePath, _ kind: Kind) -> Int {
        Self.index(of: path, kind, in: &lists[list].slots)
    }

    mutating func presence(_ path: JSONPath) -> Int {
        if let known = presences.firstIndex(of: path) { return known }
        presences.append(path)
        return presences.count - 1
    }

    /// A measure takes the value as any column reads it, but a truth by its name.
    private static func index(of path: ValuePath, _ kind: Kind, in slots: inout [Slot]) -> Int {
        let known = slots.firstIndex { slot in
            slot.path == path && (slot.kind == kind || kind == .measure && slot.kind != .column(.boolean))
        }
        if let known { return known }
        slots.append(Slot(path: path, kind: kind))
        return slots.count - 1
    }

    /// Lays out the tree, once all slots are known.
    mutating func finish() {
        var root = NameTree()
        for (index, slot) in slots.enumerated() {
            if case .event(let path) = slot.path { root.at(path) { $0.slots.append(index) } }
        }
        for (index, list) in lists.enumerated() { root.at(list.path) { $0.list = index } }
        for (index, path) in presences.enumerated() { root.at(path) { $0.presence = index } }
        _ = add(root)
        for index in lists.indices {
            var element = NameTree()
            for (slot, value) in lists[index].slots.enumerated() {
                switch value.path {
                case .element(let path) where path.keys.isEmpty: lists[index].wholes.append(slot)
                case .element(let path): element.at(path) { $0.slots.append(slot) }
                case .elementKey: lists[index].names.append(slot)
                case .event: break
                }
            }
            if !element.children.isEmpty { lists[index].node = add(element) }
        }
    }

    private mutating func add(_ tree: NameTree) -> Int {
        let node = nodes.count
        let first = entries.count
        nodes.append(first..<first + tree.children.count)
        for (name, child) in tree.children {
            let bytes = Array(name.utf8)
            var entry = Entry(prefix: Self.prefix(of: bytes), count: bytes.count, keyStart: keys.count)
            keys += bytes
            entry.slots = entrySlots.count..<entrySlots.count + child.slots.count
            entrySlots += child.slots
            (entry.list, entry.presence) = (child.list, child.presence)
            entries.append(entry)
        }
        for (offset, (_, child)) in tree.children.enumerated() where !child.children.isEmpty {
            entries[first + offset].node = add(child)
        }
        return node
    }

    /// The name of an entry.
    func name(of entry: Int) -> String {
        String(decoding: keys[entries[entry].keyStart..<entries[entry].keyStart + entries[entry].count], as: UTF8.self)
    }

    /// Tells the entries which of them are parts.
    mutating func mark(parts: [Int]) {
        for (part, entry) in parts.enumerated() { entries[entry].part = part }
    }

    /// The entry of that name among those of a node, looked for from `start` on.
    @inline(__always)
    func find(_ name: UnsafeBufferPointer<UInt8>, in range: Range<Int>, from start: Int) -> Int? {
        let prefix = Self.prefix(of: name)
        // Most messages have their names in the same order: begin behind the last one found.
        var index = start
        for _ in range {
            if index >= range.upperBound { index = range.lowerBound }
            let entry = entries[index]
            if entry.prefix == prefix, entry.count == name.count, isTailEqual(name, entry) { return index }
            index += 1
        }
        return nil
    }

    @inline(__always)
    private func isTailEqual(_ name: UnsafeBufferPointer<UInt8>, _ entry: Entry) -> Bool {
        guard name.count > 8, let start = name.baseAddress else { return true }
        return keys.withUnsafeBufferPointer { keys in
            keys.baseAddress.map { memcmp($0 + entry.keyStart + 8, start + 8, name.count - 8) == 0 } ?? false
        }
    }

    private static func prefix(of bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBufferPointer { prefix(of: $0) }
    }

    /// The first eight bytes of a name, the first byte the lowest.
    @inline(__always)
    static func prefix(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        if name.count >= 8, let start = name.baseAddress {
            return UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        }
        var prefix: UInt64 = 0
        for index in name.indices { prefix |= UInt64(name[index]) << UInt64(8 * index) }
        return prefix
    }
}

/// Names below a value, in the order in which they were first asked for.
private struct NameTree {
    var slots: [Int] = []
    var list = -1
    var presence = -1
    var children: [(name: String, tree: NameTree)] = []

    mutating func at(_ path: JSONPath, _ change: (inout NameTree) -> Void) {
        at(path.keys.map(\.description)[...], change)
    }

    private mutating func at(_ names: ArraySlice<String>, _ change: (inout NameTree) -> Void) {
        guard let name = names.first else { return change(&self) }
        let index = children.firstIndex { $0.name == name } ?? children.count
        if index == children.count { children.append((name, NameTree())) }
        children[index].tree.at(names.dropFirst(), change)
    }
}
