import StreamDefinition

/// A stream that has nothing to do with any real one: orders of a shop, with a label that colours foretell.
enum ToyStream {
    static func plan(learning: String = ToyStream.learning) throws -> StreamPlan {
        let json = """
            {"stream": "orders", "version": 1,
             "source": {"url": "wss://shop.example/orders", "transport": "websocket", "silence": "60 s"},
             "event": {"identity": "order", "time": "at"},
             "tables": [
              {"name": "shops", "keep": "newest", "key": ["shop"], "columns": [
                {"name": "shop", "type": "integer", "path": "shop.number"},
                {"name": "city", "type": "text", "path": "shop.city"}]},
              {"name": "tags", "keep": "with", "of": "shops", "each": "shop.tags", "key": ["shop", "tag"], "columns": [
                {"name": "shop", "type": "integer", "path": "shop.number", "references": "shops"},
                {"name": "tag", "type": "text", "path": "@"}]},
              {"name": "orders", "keep": "latest", "of": "order_states", "key": ["order"], "columns": [
                {"name": "order", "type": "integer", "path": "order"},
                {"name": "shop", "type": "integer", "path": "shop.number", "required": true, "references": "shops"},
                {"name": "kept", "type": "text", "path": "kept"}, {"name": "at", "type": "integer", "path": "at"},
                {"name": "colour", "type": "text", "path": "colour"}]},
              {"name": "order_states", "keep": "revisions", "key": ["order", "at", "kept", "colour"], "columns": [
                {"name": "order", "type": "integer", "path": "order", "references": "orders"},
                {"name": "at", "type": "integer", "path": "at"}, {"name": "kept", "type": "text", "path": "kept"},
                {"name": "colour", "type": "text", "path": "colour"}]}],
             "learning": \(learning)}
            """
        return try StreamPlan(json: Array(json.utf8), source: "orders.json")
    }

    static let learning = """
        {"label": {"path": "kept", "positive": ["y"], "negative": ["n"]}, "baseline": "shop.number",
         "features": [{"name": "colour", "path": "colour"}, {"name": "city", "path": "shop.city"},
                      {"name": "tag", "each": "shop.tags", "path": "@"},
                      {"name": "tags", "path": "shop.tags", "transform": "count"}]}
        """

    /// Orders whose label the colour tells, but for one in `noise`.
    static func lines(_ count: Int, from first: Int = 0, noise: Int = .max, label: ((Int) -> String)? = nil)
        -> [[UInt8]]
    {
        (first..<first + count).map { index in
            let isRed = index * 7919 % 13 < 6
            let isKept = index % noise == noise - 1 ? !isRed : isRed
            let kept = label?(index) ?? (isKept ? "y" : "n")
            return Array(
                """
                {"order": \(index), "at": \(1_000_000 + index), "kept": "\(kept)", \
                "colour": "\(isRed ? "red" : "blue")", \
                "shop": {"number": \(index % 5), "city": "c\(index % 5)", "tags": ["a", "b\(index % 5)"]}}
                """.utf8)
        }
    }
}
