import JSON

/// Reads a layout's values out of parsed events, looking up each name on the ways only once an event.
struct FeatureReader {
    /// A name on the way to a value; a node stands behind its parent.
    private struct Node {
        let parent: Int
        let key: JSONKey
    }

    /// How a column is read from an element.
    private enum Column {
        case element
        case key
        case member(JSONKey)
        case path(JSONPath)
    }

    private let columns: [[Column]]
    private var nodes: [Node] = []
    private var valueNodes: [Int] = []
    private var listNodes: [Int] = []
    /// What stands at the root, and then at each node.
    private var elements: [JSONElement?] = [nil]

    init(layout: FeatureLayout) {
        columns = layout.lists.map { $0.columns.map(Self.column) }
        valueNodes = (layout.values + layout.counts).map { node(at: $0) }
        listNodes = layout.lists.map { node(at: $0.path) }
    }

    private static func column(_ path: ValuePath) -> Column {
        switch path {
        case .elementKey: .key
        case .element(let path) where path.keys.isEmpty: .element
        case .element(let path) where path.keys.count == 1: .member(path.keys[0])
        case .element(let path), .event(let path): .path(path)
        }
    }

    private mutating func node(at path: JSONPath) -> Int {
        var current = 0
        for key in path.keys {
            if let known = nodes.firstIndex(where: { $0.parent == current && $0.key == key }) {
                current = known + 1
            } else {
                nodes.append(Node(parent: current, key: key))
                elements.append(nil)
                current = nodes.count
            }
        }
        return current
    }

    /// Fills `inputs` from an event; they are good as long as the event's document.
    mutating func read(_ event: JSONElement, into inputs: inout FeatureInputs) {
        elements[0] = event
        for index in nodes.indices {
            elements[index + 1] = elements[nodes[index].parent]?[nodes[index].key]
        }
        for index in valueNodes.indices {
            inputs.values[index] = elements[valueNodes[index]].map { FeatureValue($0) } ?? .missing
        }
        for index in listNodes.indices {
            inputs.lists[index].removeAll(keepingCapacity: true)
            if let list = elements[listNodes[index]] { Self.read(list, columns[index], into: &inputs.lists[index]) }
        }
    }

    private static func read(_ list: JSONElement, _ columns: [Column], into values: inout [FeatureValue]) {
        switch list.kind {
        case .array:
            if columns.count == 1, case .member(let key) = columns[0] {
                list.forEachElement { element in
                    values.append(element[key].map { FeatureValue($0) } ?? .missing)
                }
            } else {
                list.forEachElement { element in
                    for column in columns { values.append(value(column, key: nil, element)) }
                }
            }
        case .object:
            list.forEachMember { key, element in
                for column in columns { values.append(value(column, key: key, element)) }
            }
        default: break
        }
    }

    private static func value(
        _ column: Column, key: UnsafeBufferPointer<UInt8>?, _ element: JSONElement
    ) -> FeatureValue {
        switch column {
        case .element: FeatureValue(element)
        case .key: key.map { .text($0) } ?? .missing
        case .member(let key): element[key].map { FeatureValue($0) } ?? .missing
        case .path(let path): element[path].map { FeatureValue($0) } ?? .missing
        }
    }
}
