import StreamDefinition

/// A stream that has nothing to do with meetings: what thermometers report.
enum OtherStream {
    static let definition = """
        {
          "stream": "weather", "version": 1,
          "source": { "url": "https://weather.example/readings", "transport": "http", "silence": "5 min" },
          "event": { "identity": "reading", "time": "meta.changed" },
          "tables": [
            { "name": "stations", "keep": "newest", "when": "station", "key": ["network", "number"],
              "columns": [
                { "name": "network", "type": "text", "path": "station.network" },
                { "name": "number", "type": "integer", "path": "station.number" },
                { "name": "height", "type": "real", "path": "station.height" } ] },
            { "name": "sensors", "keep": "with", "of": "stations", "each": "station.sensors",
              "key": ["network", "number", "port"],
              "columns": [
                { "name": "network", "type": "text", "path": "station.network", "references": "stations.network" },
                { "name": "number", "type": "integer", "path": "station.number", "references": "stations.number" },
                { "name": "port", "type": "integer", "path": "@.port" },
                { "name": "heated", "type": "boolean", "path": "@.heated" },
                { "name": "model", "type": "text", "path": "@.model" } ] },
            { "name": "tags", "keep": "newest", "each": "tags", "key": ["tag"],
              "columns": [ { "name": "tag", "type": "text", "path": "@" } ] },
            { "name": "readings", "keep": "latest", "of": "reading_history", "key": ["reading"],
              "columns": [
                { "name": "reading", "type": "text", "path": "reading" },
                { "name": "network", "type": "text", "path": "station.network", "references": "stations.network" },
                { "name": "number", "type": "integer", "path": "station.number", "references": "stations.number" },
                { "name": "celsius", "type": "real", "path": "value.celsius" },
                { "name": "good", "type": "boolean", "path": "good" },
                { "name": "changed", "type": "integer", "path": "meta.changed" } ] },
            { "name": "reading_history", "keep": "revisions", "key": ["reading", "celsius", "changed"],
              "columns": [
                { "name": "reading", "type": "text", "path": "reading", "references": "readings" },
                { "name": "celsius", "type": "real", "path": "value.celsius" },
                { "name": "changed", "type": "integer", "path": "meta.changed" } ] }
          ],
          "measures": { "split": { "path": "good" }, "categories": { "each": "tags", "path": "@" } }
        }
        """

    static func plan() throws -> StreamPlan {
        try StreamPlan(json: Array(definition.utf8), source: "weather.json")
    }
}
