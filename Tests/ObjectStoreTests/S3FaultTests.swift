import Foundation
import Synchronization
import Testing
import Transfer

@testable import ObjectStore

/// What the store does when S3 does not do as it should: a server that answers as told.
@Suite struct S3FaultTests {
    /// The pauses that were asked for; nothing waits for them.
    final class Pauses: Sendable {
        let all = Mutex<[Duration]>([])
        var surroundings: S3Surroundings {
            S3Surroundings(
                milliseconds: { 1_369_353_600_000 }, sleep: { pause in self.all.withLock { $0.append(pause) } },
                chance: { 1 })
        }
    }

    private let pauses = Pauses()

    private func store(
        _ server: ScriptedServer, credentials: any S3CredentialSource = S3Credentials(keyIdentifier: "k", secret: "s")
    ) -> S3ObjectStore {
        S3ObjectStore(
            S3Location(bucket: "b", region: "r", endpoint: server.endpoint), credentials: credentials,
            trust: .systemAuthorities, pageSize: 2, surroundings: pauses.surroundings)
    }

    private static func error(_ status: Int, _ code: String, headers: [String] = []) -> ScriptedServer.Answer {
        .init(
            status: status, headers: headers,
            body: Array("<Error><Code>\(code)</Code><Message>m</Message></Error>".utf8))
    }

    @Test func whatMayPassIsTriedAgain() throws {
        let server = try ScriptedServer { _, count in
            switch count {
            case 0: Self.error(503, "SlowDown", headers: ["Retry-After: 7"])
            case 1: nil
            case 2: .init(status: 500)
            default: .init(body: [1, 2])
            }
        }
        #expect(try store(server).get("a") == [1, 2])
        #expect(pauses.all.withLock { $0 } == [.seconds(7), .milliseconds(200), .milliseconds(400)])
    }

    @Test func aStoreThatNeverAnswersIsUnreachable() throws {
        let server = try ScriptedServer { _, _ in .init(status: 503) }
        let store = store(server)
        let error = #expect(throws: ObjectStoreError.self) { try store.put([1], key: "a", .replace) }
        #expect(error == .unreachable(place: store.place, reason: "status 503"))
        #expect(server.requests.count == RetrySchedule.attemptLimit)
    }

    @Test(arguments: [(403, "AccessDenied"), (404, "NoSuchBucket"), (400, "AuthorizationHeaderMalformed")])
    func whatWillNotPassIsNotTriedAgain(status: Int, code: String) throws {
        let server = try ScriptedServer { _, _ in Self.error(status, code) }
        let store = store(server)
        let getting = #expect(throws: ObjectStoreError.self) { try store.get("a") }
        let putting = #expect(throws: ObjectStoreError.self) { try store.put([1], key: "a", .replace) }
        for error in [getting, putting] { #expect(error?.refusal?.contains("\(code): m") == true) }
        #expect(server.requests.count == 2)
    }

    @Test func aPutThatWasCarriedOutButNotAnsweredIsStored() throws {
        // The probe takes three requests; the first attempt is lost on its way back.
        let server = try ScriptedServer { request, count in
            switch count {
            case 0, 2: .init()
            case 1, 4: Self.error(412, "PreconditionFailed")
            case 3: nil
            default: .init(body: [7])
            }
        }
        #expect(try store(server).put([7], key: "a", .ifAbsent) == .stored)
        #expect(server.requests.map(\.method) == ["PUT", "PUT", "DELETE", "PUT", "PUT", "GET"])
    }

    @Test func anUploadInPartsThatFailsIsTakenBack() throws {
        let server = try ScriptedServer { request, _ in
            switch (request.method, request.target) {
            case ("POST", "/b/a?uploads="):
                .init(body: Array("<R><UploadId>u 1</UploadId></R>".utf8))
            case ("PUT", "/b/a?partNumber=1&uploadId=u%201"): .init(headers: ["ETag: \"1\""])
            case ("DELETE", "/b/a?uploadId=u%201"): .init(status: 204)
            default: Self.error(403, "AccessDenied")
            }
        }
        let bytes = [UInt8](repeating: 1, count: S3ObjectStore.partBytes + 1)
        #expect(throws: ObjectStoreError.self) { try store(server).put(bytes, key: "a", .replace) }
        #expect(server.requests.last?.method == "DELETE")
    }

    @Test func aFailureBehindAGoodStatusIsOne() throws {
        let server = try ScriptedServer { request, count in
            switch (request.method, count) {
            case ("POST", 0): .init(body: Array("<R><UploadId>u</UploadId></R>".utf8))
            case ("POST", 3): Self.error(200, "InternalError")
            default: .init(headers: ["ETag: \"1\""])
            }
        }
        let bytes = [UInt8](repeating: 1, count: S3ObjectStore.partBytes + 1)
        #expect(try store(server).put(bytes, key: "a", .replace) == .stored)
        #expect(server.requests.map(\.method) == ["POST", "PUT", "PUT", "POST", "POST"])
    }

    @Test(arguments: [206, 200])
    func aDownloadThatBreaksOffGoesOnWhereItWas(status: Int) throws {
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let server = try ScriptedServer { request, count in
            let range = request.headers["range"]?.dropFirst("bytes=".count).dropLast()
            let start = range.flatMap { Int($0) } ?? 0
            let isPart = status == 206 && start > 0
            return .init(
                status: isPart ? 206 : 200, headers: ["ETag: \"t\""], body: Array(content[(isPart ? start : 0)...]),
                cut: count < 2 ? 90_000 : nil)
        }
        let target = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: target) } }
        try store(server).get("a", to: target.path())
        #expect(try Data(contentsOf: target) == Data(content))
        #expect(server.requests.dropFirst().allSatisfy { $0.headers["if-match"] == "\"t\"" })
    }

    @Test func oldUploadsAndProbesAreSweptAndYoungOnesAreNot() throws {
        let uploads = """
            <R><Upload><Key>a</Key><UploadId>old</UploadId><Initiated>2013-05-22T00:00:00.000Z</Initiated></Upload>
            <Upload><Key>b</Key><UploadId>young</UploadId><Initiated>2013-05-23T23:00:00.000Z</Initiated></Upload>
            <IsTruncated>false</IsTruncated></R>
            """
        let probes = """
            <R><Contents><Key>.tmp/1</Key><Size>0</Size><LastModified>2013-05-22T00:00:00.000Z</LastModified></Contents>
            <Contents><Key>.tmp/2</Key><Size>0</Size><LastModified>2013-05-24T00:00:00.000Z</LastModified></Contents></R>
            """
        let server = try ScriptedServer { request, _ in
            if request.method == "DELETE" { return .init(status: 204) }
            return .init(body: Array((request.target.contains("uploads=") ? uploads : probes).utf8))
        }
        #expect(try store(server).sweep() == 2)
        let deleted = server.requests.filter { $0.method == "DELETE" }.map(\.target)
        #expect(deleted == ["/b/a?uploadId=old", "/b/.tmp/1"])
    }

    @Test func objectsOfOthersAreNotSeen() throws {
        let page = ["a//b", "folder/", "good", "b/../c"].map {
            "<Contents><Key>\($0)</Key><Size>0</Size><LastModified>2013-05-22T00:00:00.000Z</LastModified></Contents>"
        }
        let server = try ScriptedServer { _, _ in .init(body: Array("<R>\(page.joined())</R>".utf8)) }
        var keys: [String] = []
        try store(server).list(prefix: "", after: nil) {
            keys.append($0.key)
            return true
        }
        #expect(keys == ["good"])
    }
}
