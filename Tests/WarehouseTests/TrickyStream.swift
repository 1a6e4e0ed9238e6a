import JSON
import StreamDefinition

/// Messages of any stream, made to collide: whatever its file reads of a message takes few values, is missing, null, or
/// now and then of a wrong kind.
struct TrickyStream {
    /// What is read at a place of a message.
    private final class Place {
        var types: [ColumnPlan.ColumnType] = []
        /// Whether most messages have to have it, so that not all are refused.
        var isNeeded = false
        var isTime = false
        var isIdentity = false
        var members: [(name: String, place: Place)] = []
        /// What is read of each element, where this is a list.
        var element: Place?
        /// Whether the elements have names.
        var isMap = false

        func add(_ column: ColumnPlan) {
            types.append(column.type)
            isNeeded = isNeeded || column.isRequired
        }

        func at(_ keys: ArraySlice<JSONKey>) -> Place {
            guard let key = keys.first else { return self }
            let name = key.description
            if let known = members.first(where: { $0.name == name }) { return known.place.at(keys.dropFirst()) }
            members.append((name, Place()))
            return members[members.count - 1].place.at(keys.dropFirst())
        }
    }

    var random: SeededGenerator
    private let root = Place()

    private static let times = ["1000", "2000", "3000", "1500", "2499", "2501", "1001", "999", "2000.0"]
    private static let reals = ["0.1", "1e-7", "-3", "2.5e22", "0.30000000000000004", "-0.0", "1e300"]
    private static let strays = ["[]", "{}", "\"\"", "0", "false", "true", "\"stray\"", "[1]", "{\"a\":1}", "7"]

    init(_ plan: StreamPlan, random: SeededGenerator) {
        self.random = random
        for table in plan.tables {
            let element = table.each.map { Self.element(root.at($0.keys[...])) }
            if let when = table.when { _ = root.at(when.keys[...]) }
            for column in table.columns {
                switch column.path {
                case .event(let path): root.at(path.keys[...]).add(column)
                case .element(let path): element?.at(path.keys[...]).add(column)
                case .elementKey: table.each.map { root.at($0.keys[...]).isMap = true }
                }
            }
        }
        (root.at(plan.time.keys[...]).isTime, root.at(plan.time.keys[...]).isNeeded) = (true, true)
        (root.at(plan.identity.keys[...]).isIdentity, root.at(plan.identity.keys[...]).isNeeded) = (true, true)
    }

    private static func element(_ list: Place) -> Place {
        let element = list.element ?? Place()
        list.element = element
        return element
    }

    mutating func message() -> String {
        object(of: root)
    }

    mutating func pick(_ choices: [String]) -> String {
        choices.randomElement(using: &random) ?? ""
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func object(of place: Place) -> String {
        var members: [String] = []
        for (name, place) in place.members {
            if chance(place.isNeeded ? 1 : place.members.isEmpty ? 20 : 3) { continue }
            members.append("\"\(name)\":\(value(at: place))")
        }
        return "{\(members.shuffled(using: &random).joined(separator: ","))}"
    }

    private mutating func value(at place: Place) -> String {
        if Int.random(in: 0..<300, using: &random) == 0 { return pick(Self.strays) }
        if chance(place.isNeeded ? 0 : place.members.isEmpty ? 8 : 2) { return "null" }
        if let element = place.element { return list(of: element, isMap: place.isMap) }
        return place.members.isEmpty ? leaf(place) : object(of: place)
    }

    private mutating func list(of element: Place, isMap: Bool) -> String {
        let names = (0..<Int.random(in: 0...4, using: &random)).map { _ in pick(Array(TrickyMessages.texts.prefix(6))) }
        let elements = (isMap ? Array(Set(names)).sorted() : names).map { name in
            (isMap ? "\(name):" : "") + (element.members.isEmpty ? leaf(element) : object(of: element))
        }
        return isMap ? "{\(elements.joined(separator: ","))}" : "[\(elements.joined(separator: ","))]"
    }

    private mutating func leaf(_ place: Place) -> String {
        if place.isTime { return pick(Self.times) }
        switch place.types.first {
        case .integer: return pick(["1", "2", "-3", "2.0"])
        case .text: return pick(place.isIdentity ? [#""a""#, #""é""#] : Array(TrickyMessages.texts.prefix(8)))
        case .coordinate: return pick(TrickyMessages.coordinates)
        case .real: return pick(Self.reals)
        case .boolean: return pick(["true", "false"])
        case nil: return pick(["true", "1", #""x""#])
        }
    }
}
