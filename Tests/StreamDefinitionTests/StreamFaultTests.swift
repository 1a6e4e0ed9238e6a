import Testing

@testable import StreamDefinition

/// What is wrong with a stream file is said with its place, all of it at once.
@Suite struct StreamFaultTests {
    private static let tables = """
        { "name": "owners", "keep": "newest", "key": ["owner"],
          "columns": [ { "name": "owner", "type": "integer", "path": "owner.id" },
                       { "name": "title", "type": "text", "path": "owner.title" } ] },
        { "name": "places", "keep": "newest", "when": "place", "key": ["place"],
          "columns": [ { "name": "place", "type": "text", "path": "place.id" } ] },
        { "name": "badges", "keep": "with", "of": "owners", "each": "owner.badges", "key": ["owner", "badge"],
          "columns": [ { "name": "owner", "type": "integer", "path": "owner.id", "references": "owners" },
                       { "name": "badge", "type": "text", "path": "@" } ] },
        { "name": "things", "keep": "latest", "of": "changes", "key": ["thing"],
          "columns": [ { "name": "thing", "type": "integer", "path": "id" },
                       { "name": "place", "type": "text", "path": "place.id", "references": "places" },
                       { "name": "state", "type": "text", "path": "state" },
                       { "name": "changed", "type": "integer", "path": "time" } ] },
        { "name": "changes", "keep": "revisions", "key": ["thing", "changed", "state"],
          "echo": { "whole_ms": 1000, "within_ms": 500 },
          "columns": [ { "name": "thing", "type": "integer", "path": "id", "references": "things" },
                       { "name": "changed", "type": "integer", "path": "time" },
                       { "name": "state", "type": "text", "path": "state" } ] }
        """
    private static let definition = """
        { "stream": "things", "version": 1,
          "source": { "url": "wss://things.example/", "transport": "websocket", "silence": "60 s",
                      "resume": { "url": "https://things.example/", "parameter": "since" } },
          "event": { "identity": "id", "time": "time" },
          "tables": [ \(tables) ],
          "measures": { "split": { "path": "state" }, "categories": { "each": "owner.badges", "path": "@" } } }
        """

    private static func faults(_ text: String) throws -> [String] {
        do {
            _ = try StreamPlan(json: Array(text.utf8), source: "things.json")
            return []
        } catch {
            guard case .invalid(_, let faults) = error else { throw error }
            return faults.map(\.description)
        }
    }

    @Test func theDefinitionItselfIsRight() throws {
        #expect(try Self.faults(Self.definition) == [])
    }

    @Test(
        arguments: [
            (#""stream": "things""#, #""stream": "Things!""#, "stream: 'Things!' is not \(StreamPlan.nameRule)"),
            (#""version": 1,"#, "", "version: is missing"),
            (
                #""version": 1"#, #""verison": 1, "version": 1"#,
                "verison: unknown key; the nearest known key is 'version'"
            ),
            (#""silence": "60 s""#, #""silence": "60""#, "source.silence: must be a span such as '60 s'"),
            (
                #""transport": "websocket""#, #""transport": "pigeon""#,
                "source.transport: is 'pigeon', but must be one of websocket, http, sse, file"
            ),
            (
                "wss://things.example/", "https://things.example/",
                "source.url: 'https://things.example/' is not an address of ws or wss"
            ),
            (#""parameter": "since""#, #""paramter": "since""#, "source.resume.parameter: is missing"),
            (#""identity": "id""#, #""identity": """#, "event.identity: must be a text, and not an empty one"),
            (
                #""identity": "id""#, #""identity": "@.id""#,
                "event.identity: '@.id' is not a path of a message, such as 'a.b'"
            ),
            (#""name": "badges""#, #""name": "owners""#, "tables[2].name: there are two tables 'owners'"),
            (#""name": "badges""#, #""name": "ledger""#, "tables[2].name: 'ledger' is a table of the warehouse's own"),
            (#""name": "title""#, #""name": "owner""#, "tables[0].columns[1].name: there are two columns 'owner'"),
            (
                #""name": "title", "type": "text""#, #""name": "title", "type": "string""#,
                "tables[0].columns[1].type: is 'string', but must be one of integer, text, coordinate, real, boolean"
            ),
            (
                #""path": "owner.title""#, #""path": "@.title""#,
                "tables[0].columns[1].path: '@.title' needs 'each' at the table"
            ),
            (
                #""path": "owner.title""#, #""pth": "owner.title""#,
                "tables[0].columns[1].pth: unknown key; the nearest known key is 'path'"
            ),
            (#""key": ["owner"]"#, #""key": ["ower"]"#, "tables[0].key[0]: there is no column 'ower'"),
            (#""key": ["owner"]"#, #""key": []"#, "tables[0].key: must be a list, and not an empty one"),
            (
                #""keep": "with", "of": "owners""#, #""keep": "with""#,
                "tables[2].of: is missing: the table whose rows decide"
            ),
            (#""of": "owners""#, #""of": "changes""#, "tables[2].of: 'changes' must be a table that keeps 'newest'"),
            (#""of": "owners""#, #""of": "nobody""#, "tables[2].of: there is no table 'nobody'"),
            (
                #""each": "owner.badges", "key""#, #""key""#,
                "tables[2].each: is missing: rows kept with others come from elements"
            ),
            (#""key": ["owner", "badge"]"#, #""key": ["badge"]"#, "tables[2].key: 'owner' must be part of it"),
            (
                #""references": "owners""#, #""references": "ownrs""#,
                "tables[2].columns[0].references: there is no table 'ownrs'; the nearest is 'owners'"
            ),
            (
                #""references": "owners""#, #""references": "places""#,
                "tables[2].columns[0].references: 'place' of 'places' has another type"
            ),
            (
                #""references": "places""#, #""references": "badges.badge""#,
                "tables[3].columns[1].references: 'badges' keeps 'with', its rows may go"
            ),
            (
                #""path": "place.id", "references""#, #""path": "spot", "references""#,
                "tables[3].columns[1].references: 'place' of 'places' comes from another path, 'place.id'"
            ),
            (
                #""when": "place""#, #""when": "owner""#,
                "tables[3].columns[1].references: 'places' has no row without 'owner', this table may have one"
            ),
            (#""key": ["thing"]"#, #""key": ["state"]"#, "tables[3].key: must be the identity alone: [\"thing\"]"),
            (
                #""key": ["thing", "changed", "state"]"#, #""key": ["thing", "changed"]"#,
                "tables[4].key: all columns are the key of revisions, 'state' is missing"
            ),
            (
                #""within_ms": 500"#, #""within_ms": 1500"#,
                "tables[4].echo.within_ms: must be a whole number from 1 to 1000"
            ),
            (
                #""name": "changed", "type": "integer""#, #""name": "changed", "type": "real""#,
                "tables[4].columns[1].type: the event's time is an integer"
            ),
            (
                #""split": { "path": "state" }"#, #""split": { "path": "@.state" }"#,
                "measures.split: a path that begins with '@' needs 'each'"
            ),
            (
                #""time": "time" }"#, #""time": "time", "unit": "minute" }"#,
                "event.unit: is 'minute', but must be one of millisecond, second"
            ),
            (
                #""time": "time" }"#, #""time": "time", "unit": "second" }"#,
                "tables[4].echo: echoes are told by milliseconds, these times have none"
            ),
            (#""split""#, #""splits""#, "measures.splits: unknown key; the nearest known key is 'split'"),
        ])
    func aFaultIsNamedWithItsPlace(right: String, wrong: String, fault: String) throws {
        #expect(Self.definition.contains(right))
        #expect(try Self.faults(Self.definition.replacing(right, with: wrong)).contains(fault))
    }

    @Test func allFaultsAreSaidAtOnce() throws {
        let text = Self.definition.replacing("\"version\": 1", with: "\"version\": 0").replacing("60 s", with: "soon")
            .replacing("\"key\": [\"owner\"]", with: "\"key\": [\"ower\"]").replacing("within_ms", with: "within")
        let faults = try Self.faults(text)
        for place in [
            "version", "source.silence", "tables[0].key[0]", "tables[4].echo.within_ms", "tables[4].echo.within",
        ] {
            #expect(faults.contains { $0.hasPrefix("\(place): ") }, "\(place)")
        }
    }

    @Test func whatIsNoJSONIsRefused() {
        #expect(throws: StreamDefinitionError.self) { try StreamPlan(json: Array("{".utf8), source: "x.json") }
        #expect(throws: StreamDefinitionError.self) { try StreamPlan(json: Array("[]".utf8), source: "x.json") }
    }
}
