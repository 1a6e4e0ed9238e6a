import Cryptography
import NIOSSL
import Testing

@testable import CloudAggregator

/// The commands that work on the state folder, beside a running server.
@Suite struct JobTests {
    @Test func anInvitationHasTokenAndPinAndTheCommandForTheEdge() throws {
        let folder = try TemporaryFolder()
        let configuration = try TestCloud.makeConfiguration(in: folder)
        let invitation = try InvitationJob(configuration).invite(name: "roof", lifetime: .seconds(3600))
        let parts = invitation.secret.split(separator: ".")
        #expect(parts.count == 2)
        #expect(EnrolmentToken(String(parts[0])) != nil)
        let certificate = try #require(NIOSSLCertificate.fromPEMFile(folder.path + "/server.pem").first)
        #expect(parts[1] == Hexadecimal.encode(SHA256.digest(try certificate.extractPublicKey().toSPKIBytes())))
        let lines = invitation.description.split(separator: "\n")
        #expect(lines[0] == invitation.secret)
        #expect(lines[1].hasPrefix("waystation-edge enroll ") && lines[1].contains(invitation.secret))
        #expect(lines[2].contains("good for 1 h"))
    }

    @Test func tablesAndQueriesAreAnsweredWhileTheServerRuns() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let lines = (1...5).map { TestStream.event($0) }
            #expect(try await device.upload(device.batch(lines).file).status == 200)
            let tables = try TableJob(cloud.configuration)
            let canonical = (1...5).map { "[\($0),\($0 % 3),\"yes\",\(1_500_000_000_000 + $0)]\n" }.joined()
            #expect(String(decoding: try tables.canonicalText(of: "visits"), as: UTF8.self) == canonical)
            let digest = Hexadecimal.encode(SHA256.digest(Array(canonical.utf8)))
            let digests = try tables.digests().split(separator: "\n")
            #expect(digests.count == 3)
            #expect(digests[1] == "visits                 5 \(digest)")
            #expect(try tables.counts(format: .csv).contains("visits,5,visits\r\n"))
            #expect(try TableJob(cloud.configuration, stream: "visits").digests() == tables.digests())
            #expect(tables.diagram.contains("    guests |o--o{ visits : \"guest_id\"\n"))
            #expect(throws: CloudError.noSuchStream("nothing", known: ["visits"])) {
                try TableJob(cloud.configuration, stream: "nothing")
            }
            #expect(throws: CloudError.noSuchTable("nothing", known: ["guests", "visits", "visit_revisions"])) {
                try tables.canonicalText(of: "nothing")
            }

            let query = try QueryJob(cloud.configuration)
            let answer = try query.run(
                "SELECT answer, count(*) AS n FROM visits GROUP BY 1", limit: 10, timeout: .seconds(5))
            #expect(RowFormat.csv.text(columns: answer.columns, rows: answer.rows) == "answer,n\r\nyes,5\r\n")
            #expect(try query.run("SELECT * FROM visits", limit: 2, timeout: .seconds(5)).isTruncated)
            #expect(throws: (any Error).self) {
                try query.run("DELETE FROM visits", limit: 2, timeout: .seconds(5))
            }
        }
    }

    @Test func devicesAreListedAndAcceptedByName() async throws {
        try await TestCloud.run { cloud in
            let device = TestDevice(key: try PrivateKey(), cloud: cloud)
            let secret = try InvitationJob(cloud.configuration).invite(name: nil, lifetime: .seconds(60)).secret
            #expect(try await device.enrol(token: String(secret.prefix(32))).status == 200)
            let job = try DeviceJob(cloud.configuration)
            #expect(try job.list(format: .csv).contains("\(device.identifier),claimed,pending,0,"))
            #expect(try job.setState(.accepted, of: "claimed").identifier == device.identifier)
            #expect(try job.list(format: .csv).contains("\(device.identifier),claimed,accepted,0,"))
        }
    }

    @Test func aGoodConfigurationIsFoundGoodAndABadKeyNamed() throws {
        let folder = try TemporaryFolder()
        let configuration = try TestCloud.makeConfiguration(in: folder)
        #expect(try ConfigurationCheck(configuration).description.contains("fleet demo, streams visits"))
        try folder.write("no key", to: "release.pem")
        let error = #expect(throws: CloudError.self) { try ConfigurationCheck(configuration) }
        #expect("\(String(describing: error))".contains("release.pem"))
        let message = error.map(\.description) ?? ""
        #expect(message.hasPrefix("key 'release' in [keys] names '\(folder.path)/release.pem', which cannot be used"))
    }
}
