import ConfigurationFile
import JSON

/// One object of a stream file, read member by member; `finish` names the members that nobody asked for.
struct DefinitionObject {
    let path: String
    let faults: DefinitionFaults
    private let members: [JSONValue.Member]
    private var known: [String] = []

    /// Nil, and a fault, where the value is no object.
    init?(_ value: JSONValue, at path: String, _ faults: DefinitionFaults) {
        guard let members = value.object else {
            faults.note(path, "must be an object")
            return nil
        }
        self.path = path
        self.faults = faults
        self.members = members
        for (index, member) in members.enumerated() where members[..<index].contains(where: { $0.name == member.name })
        {
            faults.note(place(of: member.name), "is there twice")
        }
    }

    func place(of key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    /// The value of that key, marked as known.
    mutating func value(_ key: String) -> JSONValue? {
        known.append(key)
        return members.last { $0.name == key }?.value
    }

    /// The value of a key that must be there.
    mutating func required(_ key: String) -> JSONValue? {
        let value = value(key)
        if value == nil { faults.note(place(of: key), "is missing") }
        return value
    }

    /// The text of a key that may be missing; empty texts are faults.
    mutating func text(_ key: String) -> String? {
        value(key).flatMap { nonEmptyText($0, key) }
    }

    /// The text of a key that must be there.
    mutating func requiredText(_ key: String) -> String? {
        required(key).flatMap { nonEmptyText($0, key) }
    }

    /// The choice of a key that must be there.
    mutating func choice<Choice>(_ key: String, of choices: Choice.Type) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        requiredText(key).flatMap { choice($0, key, of: choices) }
    }

    /// The choice of a key that may be missing.
    mutating func choice<Choice>(_ key: String, of choices: Choice.Type, default usual: Choice) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        text(key).flatMap { choice($0, key, of: choices) } ?? usual
    }

    private func choice<Choice>(_ text: String, _ key: String, of choices: Choice.Type) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        if let choice = Choice(rawValue: text) { return choice }
        let names = choices.allCases.map(\.rawValue).joined(separator: ", ")
        faults.note(place(of: key), "is '\(text)', but must be one of \(names)")
        return nil
    }

    /// The whole number of a key that must be there.
    mutating func requiredInteger(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = required(key) else { return nil }
        if let integer = value.integer, range.contains(integer) { return integer }
        faults.note(place(of: key), "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// The truth of a key that may be missing.
    mutating func boolean(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        if value.boolean == nil { faults.note(place(of: key), "must be true or false") }
        return value.boolean
    }

    /// The elements of a key that must be there, at least one, with their places.
    mutating func requiredList(_ key: String) -> [(path: String, value: JSONValue)] {
        guard let value = required(key) else { return [] }
        guard let elements = value.array, !elements.isEmpty else {
            faults.note(place(of: key), "must be a list, and not an empty one")
            return []
        }
        return elements.enumerated().map { ("\(place(of: key))[\($0.offset)]", $0.element) }
    }

    /// The object of a key that may be missing.
    mutating func object(_ key: String) -> DefinitionObject? {
        value(key).flatMap { DefinitionObject($0, at: place(of: key), faults) }
    }

    /// The object of a key that must be there.
    mutating func requiredObject(_ key: String) -> DefinitionObject? {
        required(key).flatMap { DefinitionObject($0, at: place(of: key), faults) }
    }

    /// The path in a message of a key that may be missing.
    mutating func messagePath(_ key: String) -> JSONPath? {
        text(key).flatMap { checkedMessagePath($0, key) }
    }

    /// The path in a message of a key that must be there.
    mutating func requiredMessagePath(_ key: String) -> JSONPath? {
        requiredText(key).flatMap { checkedMessagePath($0, key) }
    }

    /// Notes each member that no part of the program reads.
    func finish() {
        for member in members where !known.contains(member.name) {
            let nearest = EditDistance.nearest(to: member.name, among: known)
            faults.note(
                place(of: member.name), "unknown key" + (nearest.map { "; the nearest known key is '\($0)'" } ?? ""))
        }
    }

    private func nonEmptyText(_ value: JSONValue, _ key: String) -> String? {
        if let text = value.string, !text.isEmpty { return text }
        faults.note(place(of: key), "must be a text, and not an empty one")
        return nil
    }

    private func checkedMessagePath(_ text: String, _ key: String) -> JSONPath? {
        let path = JSONPath(text)
        if path.description == text, !text.hasPrefix("@") { return path }
        faults.note(place(of: key), "'\(text)' is not a path of a message, such as 'a.b'")
        return nil
    }
}
