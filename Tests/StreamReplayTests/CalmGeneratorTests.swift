import JSON
import Testing

@testable import StreamReplay

/// The generated photos and comments: shape, repetition, change.
struct CalmGeneratorTests {
    private func parsed(_ stream: GeneratedStream, _ count: Int = 4_000) throws -> [JSONValue] {
        try Samples.generated(count, seed: 5, of: stream).map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private func share(_ messages: [JSONValue], _ isCounted: (JSONValue) -> Bool) -> Double {
        Double(messages.count(where: isCounted)) / Double(messages.count)
    }

    @Test(arguments: [GeneratedStream.photos, .eventComments])
    func theSameSeedGivesTheSameLinesAndAnotherOneOthers(stream: GeneratedStream) {
        let lines = Samples.generated(200, seed: 5, of: stream)
        #expect(lines == Array(Samples.generated(400, seed: 5, of: stream).prefix(200)))
        #expect(lines != Samples.generated(200, seed: 6, of: stream))
        #expect(lines.allSatisfy { !$0.utf8.contains { $0 < 0x20 } })
        #expect(Set(lines).count < lines.count)
    }

    @Test func photosHaveTheShapeOfTheRealOnes() throws {
        let messages = try parsed(.photos)
        #expect((0.1...0.25).contains(share(messages) { $0["photo_album"]?["event"] == nil }))
        #expect((0.25...0.5).contains(share(messages) { $0["caption"] == nil }))
        #expect((0.04...0.2).contains(share(messages) { $0["ctime"]?.integer != $0["mtime"]?.integer }))
        for message in messages {
            let group = message["photo_album"]?["group"]
            #expect(group?["id"]?.integer != nil && group?["group_topics"]?.array?.isEmpty == false)
            #expect(message["member"]?["name"]?.string != nil && message["thumb_link"]?.string != nil)
        }
        var albums: [Int64: [JSONValue?]] = [:]
        for message in messages {
            let album = try #require(message["photo_album"])
            let contents = [album["group"]?["id"], album["event"]?["id"]]
            let identifier = try #require(album["photo_album_id"]?.integer)
            #expect(albums.updateValue(contents, forKey: identifier).map { $0 == contents } ?? true)
        }
    }

    @Test func commentsAreAnsweredAndDeleted() throws {
        let messages = try parsed(.eventComments)
        #expect((0.02...0.15).contains(share(messages) { $0["status"]?.string == "deleted" }))
        #expect((0.2...0.4).contains(share(messages) { $0["in_reply_to"] != nil }))
        #expect(messages.contains { ($0["id"]?.integer ?? 0) < 0 })
        var active: [Int64: Int64] = [:]
        for message in messages {
            let (identifier, time) = (try #require(message["id"]?.integer), try #require(message["mtime"]?.integer))
            if message["status"]?.string == "active" {
                active[identifier] = time
            } else {
                #expect(active[identifier].map { $0 < time } == true, "\(identifier) is deleted after it was written")
            }
            #expect(message["event"]?["event_id"]?.string != nil && message["event"]?["time"] == nil)
            #expect(message["group"]?["category"]?["shortname"]?.string != nil)
        }
    }

    @Test func allStreamsOfASeedAreAboutTheSameMembersAndGroups() throws {
        let rsvps = try parsed(.rsvps)
        let groups = Dictionary(rsvps.map { ($0["group"]?["group_id"], $0["group"]?["group_name"]) }) { $1 }
        let shared = try parsed(.photos).filter { groups[$0["photo_album"]?["group"]?["id"]] != nil }
        #expect(shared.count > 100)
        for photo in shared {
            let group = photo["photo_album"]?["group"]
            #expect(groups[group?["id"]] == group?["name"])
        }
    }
}
