import Cryptography
import FleetProtocol
import Foundation
import Testing

@testable import EdgeCollector

@Suite struct EnrolmentTests {
    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    static func grant(for key: PrivateKey, cloud: PrivateKey = SpoolFixture.key) -> EnrolmentGrant {
        EnrolmentGrant(
            device: key.publicKey.deviceIdentifier, fleet: "test", state: .accepted, authority: "-----BEGIN\n",
            receiptKey: cloud.publicKey, releaseKey: cloud.publicKey, timestampKey: cloud.publicKey)
    }

    @Test func enrolmentComesBackAsItWasSaved() throws {
        let folder = try TemporaryFolder()
        #expect(try Enrolment.load(from: folder.state) == nil)
        let cloud = try #require(CloudAddress("https://cloud.example:8443"))
        let enrolment = Enrolment(cloud: cloud, name: "roof", grant: Self.grant(for: SpoolFixture.key))
        try enrolment.save(to: folder.state)
        let loaded = try #require(try Enrolment.load(from: folder.state))
        #expect(loaded.grant == enrolment.grant && loaded.cloud == cloud && loaded.name == "roof")
        for name in [Enrolment.fileName, Enrolment.authorityName] {
            #expect(try Self.mode(folder.state.path(of: name)) == 0o600)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.state.path(of: Enrolment.fileName + ".new")))
    }

    @Test(arguments: ["", "{", "{}", #"{"url":"http://x","name":"","grant":{}}"#, #"{"url":"https://x","grant":{}}"#])
    func damagedEnrolmentIsAnError(text: String) throws {
        let folder = try TemporaryFolder()
        try folder.state.replace(Enrolment.authorityName, [])
        try folder.state.replace(Enrolment.fileName, Array(text.utf8))
        #expect(throws: EdgeError.self) { try Enrolment.load(from: folder.state) }
    }

    @Test func keyIsMadeOnceAndIsTheOwnersAlone() throws {
        let folder = try TemporaryFolder()
        #expect(try DeviceKey.load(from: folder.state) == nil)
        let key = try DeviceKey.loadOrMake(in: folder.state)
        #expect(try DeviceKey.loadOrMake(in: folder.state).publicKey == key.publicKey)
        #expect(try DeviceKey.load(from: folder.state)?.publicKey == key.publicKey)
        #expect(try Self.mode(folder.state.path(of: Enrolment.keyName)) == 0o600)
        try folder.state.replace(Enrolment.keyName, Array("no key".utf8))
        #expect(throws: EdgeError.self) { try DeviceKey.loadOrMake(in: folder.state) }
    }

    @Test func tokenIsSecretAndPin() throws {
        let secret = String(repeating: "0123456789abcdef", count: 2)
        let pin = String(repeating: "ab", count: 32)
        let token = try EnrolmentToken("\(secret).\(pin)")
        #expect(token.secret == secret && token.pin == [UInt8](repeating: 0xAB, count: 32))
        let wrong = [
            "", secret, "\(secret).", ".\(pin)", "\(secret).\(pin).\(pin)", "\(pin).\(secret)", "x\(secret).\(pin)",
        ]
        for text in wrong {
            #expect(throws: EdgeError.self) { try EnrolmentToken(text) }
        }
    }

    @Test func oneProcessHoldsAStateDirectory() throws {
        let folder = try TemporaryFolder()
        #expect(!StateLock.isHeld(folder.state))
        var lock: StateLock? = try StateLock(folder.state)
        #expect(StateLock.isHeld(folder.state))
        #expect(throws: EdgeError.self) { try StateLock(folder.state) }
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(!StateLock.isHeld(folder.state))
    }

    @Test func stateDirectoryIsMadeWithThoseAboveIt() throws {
        let folder = try TemporaryFolder()
        let state = StateDirectory(path: "\(folder.path)/a/b")
        try state.create()
        try state.create()
        #expect(try Self.mode(state.path) == 0o700)
        try folder.state.replace("file", [1])
        #expect(throws: EdgeError.self) { try StateDirectory(path: "\(folder.path)/file/b").create() }
        #expect(try state.create("new", [1, 2]))
        #expect(try !state.create("new", [3]), "an existing file is left alone")
        #expect(try state.read("new") == [1, 2])
    }
}
