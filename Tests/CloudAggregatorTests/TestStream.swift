/// A small stream: visits of guests to rooms.
enum TestStream {
    static let definition = """
        {
          "stream": "visits", "version": 1,
          "source": {"url": "wss://localhost/visits", "transport": "websocket", "silence": "60 s"},
          "event": {"identity": "visit", "time": "at"},
          "subject": {"name": "guest", "path": "guest.id"},
          "tables": [
            {"name": "guests", "keep": "newest", "key": ["guest_id"], "columns": [
              {"name": "guest_id", "type": "integer", "path": "guest.id"},
              {"name": "guest_name", "type": "text", "path": "guest.name"}]},
            {"name": "visits", "keep": "latest", "of": "visit_revisions", "key": ["visit_id"], "columns": [
              {"name": "visit_id", "type": "integer", "path": "visit"},
              {"name": "guest_id", "type": "integer", "path": "guest.id", "references": "guests"},
              {"name": "answer", "type": "text", "path": "answer"},
              {"name": "at", "type": "integer", "path": "at"}]},
            {"name": "visit_revisions", "keep": "revisions", "key": ["visit_id", "at", "answer"], "columns": [
              {"name": "visit_id", "type": "integer", "path": "visit"},
              {"name": "at", "type": "integer", "path": "at"},
              {"name": "answer", "type": "text", "path": "answer", "required": true}]}
          ],
          "measures": {"split": {"path": "answer"}},
          "learning": {
            "label": {"path": "answer", "positive": ["yes"], "negative": ["no"]},
            "features": [{"name": "guest", "path": "guest.id"}]
          }
        }
        """

    /// A message of the stream.
    static func event(_ visit: Int, answer: String = "yes") -> String {
        "{\"visit\":\(visit),\"at\":\(1_500_000_000_000 + visit),\"answer\":\"\(answer)\",\"guest\":{\"id\":\(visit % 3),\"name\":\"g\(visit % 3)\"}}"
    }
}
