import JSON

/// Reads a layout's values out of parsed events, looking up each name on the ways only once an event.
struct FeatureReader {
    /// The names looked up in one object, and where it and its members stand in `elements`.
    private struct Lookup {
        let object: Int
        let members: Range<Int>
        let keys: JSONKeySet
    }

    /// How a column is read from an element.
    private enum Column {
        case element
        case key
        case member(JSONKey)
        case path(JSONPath)
    }

    private let columns: [[Column]]
    /// An object's lookup stands behind the one that finds it.
    private let lookups: [Lookup]
    private let valuePlaces: [Int]
    private let listPlaces: [Int]
    /// The root, and then what the lookups find.
    private var elements: [JSONElement]

    init(layout: FeatureLayout) {
        columns = layout.lists.map { $0.columns.map(Self.column) }
        let values = layout.values + layout.counts
        let lists = layout.lists.map(\.path)
        var places: [[JSONKey]: Int] = [[]: 0]
        var lookups: [Lookup] = []
        var objects: [[JSONKey]] = [[]]
        while !objects.isEmpty {
            let object = objects.removeFirst()
            let names = Self.names(under: object, in: values + lists)
            guard let place = places[object], !names.isEmpty else { continue }
            let first = places.count
            for name in names { places[object + [name]] = places.count }
            lookups.append(Lookup(object: place, members: first..<places.count, keys: JSONKeySet(names)))
            objects += names.map { object + [$0] }
        }
        self.lookups = lookups
        valuePlaces = values.map { places[$0.keys] ?? 0 }
        listPlaces = lists.map { places[$0.keys] ?? 0 }
        elements = Array(repeating: .absent, count: places.count)
    }

    /// The names by which the paths go on from an object, each once.
    private static func names(under object: [JSONKey], in paths: [JSONPath]) -> [JSONKey] {
        var names: [JSONKey] = []
        for path in paths where path.keys.count > object.count && path.keys.starts(with: object) {
            let name = path.keys[object.count]
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func column(_ path: ValuePath) -> Column {
        switch path {
        case .elementKey: .key
        case .element(let path) where path.keys.isEmpty: .element
        case .element(let path) where path.keys.count == 1: .member(path.keys[0])
        case .element(let path), .event(let path): .path(path)
        }
    }

    /// Fills `inputs` from an event; they are good as long as the event's document.
    mutating func read(_ event: JSONElement, into inputs: inout FeatureInputs) {
        elements.withUnsafeMutableBufferPointer { elements in
            elements[0] = event
            for lookup in lookups {
                let members = UnsafeMutableBufferPointer(rebasing: elements[lookup.members])
                lookup.keys.read(elements[lookup.object], into: members)
            }
        }
        for index in valuePlaces.indices {
            inputs.values[index] = Self.value(elements[valuePlaces[index]])
        }
        for index in listPlaces.indices {
            inputs.lists[index].removeAll(keepingCapacity: true)
            let list = elements[listPlaces[index]]
            if list.isPresent { Self.read(list, columns[index], into: &inputs.lists[index]) }
        }
    }

    @inline(__always)
    private static func value(_ element: JSONElement) -> FeatureValue {
        element.isPresent ? FeatureValue(element) : .missing
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
