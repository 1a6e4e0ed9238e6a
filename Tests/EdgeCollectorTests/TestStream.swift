import Foundation
import StreamDefinition
import Testing

@testable import EdgeCollector

extension EdgeConfiguration.Stream {
    /// The stream `rsvps`, but from another source.
    static func rsvps(
        transport: StreamSource.Transport, url: String, follows: Bool = true, unit: TimeUnit = .millisecond
    ) throws -> EdgeConfiguration.Stream {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("cloud/streams/rsvps.json")
        var definition = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        definition["source"] = ["url": url, "transport": transport.rawValue, "silence": "60 s"]
        if unit == .second {
            definition["event"] = ["identity": "rsvp_id", "time": "mtime", "unit": "second"]
            definition["learning"] = nil
            definition["tables"] = [
                [
                    "name": "answers", "keep": "newest", "key": ["rsvp_id"],
                    "columns": [["name": "rsvp_id", "type": "integer", "path": "rsvp_id"]],
                ]
            ]
            (definition["measures"], definition["subject"]) = (nil, nil)
        }
        let plan = try StreamPlan(
            json: Array(JSONSerialization.data(withJSONObject: definition)), source: "test.json")
        return EdgeConfiguration.Stream(name: SpoolFixture.stream, plan: plan, url: url, follows: follows)
    }
}
