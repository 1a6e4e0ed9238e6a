import JSON
import Scoring

extension FeatureInputs {
    /// The most elements of a list that an event made from a row keeps.
    private static let maximumElements = 12

    /// A JSON event that holds what these inputs hold, and nothing else.
    /// - Parameter isWhole: whether long lists are kept whole.
    func event(layout: FeatureLayout, isWhole: Bool) -> JSONValue {
        var event = JSONValue.object([])
        for (index, path) in layout.values.enumerated() {
            if let value = values[index].json { event.set(value, at: path.keys[...]) }
        }
        for (index, path) in layout.counts.enumerated() {
            guard case .list(let count) = values[layout.values.count + index] else { continue }
            let kept = isWhole ? Int(count) : min(Int(count), Self.maximumElements)
            event.set(.array(Array(repeating: .null, count: kept)), at: path.keys[...])
        }
        for (index, list) in layout.lists.enumerated() {
            event.set(elements(index, list, isWhole: isWhole), at: list.path.keys[...])
        }
        return event
    }

    private func elements(_ index: Int, _ list: FeatureLayout.List, isWhole: Bool) -> JSONValue {
        let width = list.columns.count
        let count = isWhole ? lists[index].count : min(lists[index].count, width * Self.maximumElements)
        var elements: [JSONValue.Member] = []
        for offset in stride(from: 0, to: count, by: width) {
            var element = JSONValue.Member("", .null)
            for (column, path) in list.columns.enumerated() {
                guard let value = lists[index][offset + column].json else { continue }
                switch path {
                case .elementKey: element.name = value.string ?? value.text
                case .element(let path): element.value.set(value, at: path.keys[...])
                case .event: continue
                }
            }
            elements.append(element)
        }
        return list.columns.contains(.elementKey) ? .object(elements) : .array(elements.map(\.value))
    }
}

extension JSONValue {
    /// Puts `value` at the end of a path, making the objects on the way.
    fileprivate mutating func set(_ value: JSONValue, at keys: ArraySlice<JSONKey>) {
        guard let key = keys.first else {
            self = value
            return
        }
        var members = object ?? []
        let index = members.firstIndex { $0.name == key.description } ?? members.count
        if index == members.count { members.append(Member(key.description, .null)) }
        members[index].value.set(value, at: keys.dropFirst())
        self = .object(members)
    }
}

extension FeatureValue {
    /// The value in JSON, nil where it is missing or a list.
    fileprivate var json: JSONValue? {
        switch self {
        case .missing, .list: nil
        case .boolean(let boolean): .boolean(boolean)
        case .integer(let integer): .integer(integer)
        case .millionths(let millionths): .number(Double(millionths) / 1_000_000)
        case .text(let bytes): .string(String(decoding: bytes, as: UTF8.self))
        }
    }
}
