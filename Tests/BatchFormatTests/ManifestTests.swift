import JSON
import Testing

@testable import BatchFormat

@Suite struct ManifestTests {
    @Test func theJSONFormIsReadBack() throws {
        let manifest = try SampleBatch().manifest
        #expect(try Manifest(json: manifest.json) == manifest)
    }

    @Test func aManifestWithoutOptionalPartsIsReadBack() throws {
        var manifest = try SampleBatch().manifest
        manifest.gaps = []
        manifest.scoring = nil
        manifest.firstEventMilliseconds = nil
        #expect(try Manifest(json: manifest.json) == manifest)
    }

    @Test(arguments: [
        ("version", "2"), ("epoch", "0"), ("sequence", "-1"), ("events", "-1"), ("raw_bytes", #""many""#),
        ("clock", #""quartz""#), ("previous", #""00""#), ("frames_sha256", "null"), ("gaps", #"[{"reason":"quota"}]"#),
        ("scoring", #"{"model":1,"events":1,"log_loss":1,"brier":1,"calibration":[]}"#), ("device", "7"),
    ])
    func aWrongMemberIsRefused(name: String, text: String) throws {
        let value = try JSONValue(parsing: text)
        let members = try JSONValue(parsing: SampleBatch().manifest.json).object ?? []
        let changed = members.map { $0.name == name ? JSONValue.Member(name, value) : $0 }
        #expect(throws: BatchError.self) { try Manifest(json: JSONValue.object(changed).bytes) }
    }

    @Test func theHashChangesWithEveryMember() throws {
        let manifest = try SampleBatch().manifest
        var other = manifest
        other.boot = "another"
        #expect(manifest.sha256 != other.sha256)
    }
}
