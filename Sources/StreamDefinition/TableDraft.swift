import JSON

/// A table as its file says it, before it is known whether it agrees with the others.
struct TableDraft {
    enum KeepName: String, CaseIterable {
        case newest, with, revisions, latest
    }

    struct Column {
        let place: String
        let name: String
        let type: ColumnPlan.ColumnType
        let path: ValuePath
        let isRequired: Bool
        let references: String?
    }

    let place: String
    let name: String
    let keep: KeepName
    let owner: String?
    let each: JSONPath?
    let when: JSONPath?
    let echo: EchoRule?
    let key: [String]
    let columns: [Column]

    /// Nil where something is missing without which no more can be said.
    init?(_ value: JSONValue, at place: String, _ faults: DefinitionFaults) {
        guard var object = DefinitionObject(value, at: place, faults) else { return nil }
        self.place = place
        let name = Self.name(&object)
        let keep = object.choice("keep", of: KeepName.self)
        owner = object.text("of")
        each = object.messagePath("each")
        when = object.messagePath("when")
        echo = object.object("echo").flatMap(Self.echo)
        var key: [String] = []
        for (place, value) in object.requiredList("key") {
            if let column = value.string { key.append(column) } else { faults.note(place, "must be a column's name") }
        }
        self.key = key
        let list = object.requiredList("columns")
        columns = list.compactMap { Self.column($0.value, at: $0.path, faults) }
        object.finish()
        guard let name, let keep, columns.count == list.count else { return nil }
        (self.name, self.keep) = (name, keep)
    }

    private static func echo(_ object: DefinitionObject) -> EchoRule? {
        var object = object
        let whole = object.requiredInteger("whole_ms", in: 2...86_400_000)
        let within = object.requiredInteger("within_ms", in: 1...(whole ?? 86_400_000))
        object.finish()
        guard let whole, let within else { return nil }
        return EchoRule(wholeMilliseconds: whole, withinMilliseconds: within)
    }

    private static func column(_ value: JSONValue, at place: String, _ faults: DefinitionFaults) -> Column? {
        guard var object = DefinitionObject(value, at: place, faults) else { return nil }
        let name = name(&object)
        let type = object.choice("type", of: ColumnPlan.ColumnType.self)
        let path = object.requiredText("path").map { ValuePath($0) }
        let isRequired = object.boolean("required") ?? false
        let references = object.text("references")
        object.finish()
        guard let name, let type, let path else { return nil }
        return Column(
            place: place, name: name, type: type, path: path, isRequired: isRequired, references: references)
    }

    /// The name of a table or column, fit to be one in SQL.
    private static func name(_ object: inout DefinitionObject) -> String? {
        guard let name = object.requiredText("name") else { return nil }
        if StreamPlan.isName(name) { return name }
        object.faults.note(object.place(of: "name"), "'\(name)' is not \(StreamPlan.nameRule)")
        return nil
    }
}

extension StreamPlan {
    static let nameRule = "a name of a-z, 0-9 and _ that begins with a letter and has at most 48 bytes"
    /// The tables that a warehouse keeps for itself.
    static let reservedTables = ["ledger", "streams", "live_counts"]

    static func isName(_ text: String) -> Bool {
        let isFirst: (UInt8) -> Bool = { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        guard let first = text.utf8.first, isFirst(first), text.utf8.count <= 48 else { return false }
        return text.utf8.allSatisfy {
            isFirst($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}
