import Cryptography
import FleetProtocol
import Testing

@testable import CloudAggregator

@Suite struct FleetStoreTests {
    private let folder: TemporaryFolder
    private let store: FleetStore

    init() throws {
        folder = try TemporaryFolder()
        store = try FleetStore(path: folder.path + "/fleet.sqlite")
    }

    private func enrolled(name: String? = "roof", key: PublicKey, at now: Int64 = 1000) throws -> Device {
        let token = try store.invite(name: name, lifetime: .seconds(60), at: now)
        return try store.enrol(token: token, key: key, name: "claimed", at: now)
    }

    @Test func aPersonalInvitationIsAcceptedUnderItsName() throws {
        let key = try PrivateKey().publicKey
        let device = try enrolled(key: key)
        #expect(device.identifier == key.deviceIdentifier)
        #expect(device.state == .accepted)
        #expect(device.name == "roof")
        #expect(try store.device(device.identifier)?.key == key)
    }

    @Test func anOpenInvitationWaitsForAnOperator() throws {
        let device = try enrolled(name: nil, key: PrivateKey().publicKey)
        #expect(device.state == .pending)
        #expect(device.name == "claimed")
        try store.setState(.accepted, of: device.identifier)
        #expect(try store.device(device.identifier)?.state == .accepted)
    }

    @Test func aTokenIsGoodForOneKey() throws {
        let token = try store.invite(name: "roof", lifetime: .seconds(60), at: 1000)
        let key = try PrivateKey().publicKey
        let first = try store.enrol(token: token, key: key, name: "", at: 1000)
        #expect(try store.enrol(token: token, key: key, name: "", at: 2000) == first)
        #expect(throws: FleetStore.TokenRefusal.used) {
            try store.enrol(token: token, key: PrivateKey().publicKey, name: "", at: 2000)
        }
        #expect(try store.devices().count == 1)
    }

    @Test func aTokenExpires() throws {
        let token = try store.invite(name: nil, lifetime: .seconds(60), at: 1000)
        #expect(throws: FleetStore.TokenRefusal.expired) {
            try store.enrol(token: token, key: PrivateKey().publicKey, name: "", at: 61_001)
        }
        #expect(throws: FleetStore.TokenRefusal.unknown) {
            try store.enrol(token: EnrolmentToken(), key: PrivateKey().publicKey, name: "", at: 1000)
        }
    }

    @Test func aRevokedDeviceStaysRevoked() throws {
        let key = try PrivateKey().publicKey
        let device = try enrolled(key: key)
        try store.setState(.revoked, of: device.identifier)
        #expect(throws: CloudError.wrongState(device: device.identifier, state: .revoked, wanted: .accepted)) {
            try store.setState(.accepted, of: device.identifier)
        }
        #expect(try enrolled(key: key).state == .revoked)
        #expect(throws: CloudError.self) { try store.issueEpoch(to: device.identifier) }
    }

    @Test func epochsOnlyGoUpAlsoAfterAReopening() throws {
        let device = try enrolled(key: PrivateKey().publicKey)
        #expect(try store.issueEpoch(to: device.identifier) == 1)
        #expect(try store.issueEpoch(to: device.identifier) == 2)
        let reopened = try FleetStore(path: folder.path + "/fleet.sqlite")
        #expect(try reopened.issueEpoch(to: device.identifier) == 3)
    }

    @Test func theTokenIsStoredOnlyAsItsHash() throws {
        let token = try store.invite(name: "roof", lifetime: .seconds(60), at: 1000)
        let rows = try store.database.statement("SELECT * FROM invitations").rows()
        #expect(rows.count == 1)
        #expect(!"\(rows)".contains(token.text))
        #expect(rows[0][0].blob == SHA256.digest(Array(token.text.utf8)))
    }

    @Test func anotherConnectionsChangeShowsInTheDataVersion() throws {
        let other = try FleetStore(path: folder.path + "/fleet.sqlite")
        let before = try store.dataVersion()
        _ = try store.invite(name: nil, lifetime: .seconds(60), at: 1000)
        #expect(try store.dataVersion() == before)
        _ = try other.invite(name: nil, lifetime: .seconds(60), at: 1000)
        #expect(try store.dataVersion() != before)
    }

    @Test func aDeviceIsFoundByItsBeginningOrName() throws {
        let roof = try enrolled(name: "roof", key: PrivateKey(seed: Array(repeating: 1, count: 32)).publicKey)
        let cellar = try enrolled(name: "cellar", key: PrivateKey(seed: Array(repeating: 2, count: 32)).publicKey)
        #expect(try store.device(called: "roof") == roof)
        #expect(try store.device(called: String(cellar.identifier.prefix(6))) == cellar)
        #expect(throws: CloudError.noSuchDevice("attic", matches: 0)) { try store.device(called: "attic") }
        #expect(throws: CloudError.noSuchDevice("", matches: 0)) { try store.device(called: "") }
    }

    @Test func flagsContactsAndRefusalsAreKept() throws {
        let device = try enrolled(key: PrivateKey().publicKey)
        try store.flag(device.identifier, .conflict, detail: "1/2", at: 5)
        try store.flag(device.identifier, .conflict, detail: "1/3", at: 6)
        try store.flag(device.identifier, .chain, detail: "1/3", at: 6)
        try store.note(contacts: [device.identifier: 77])
        try store.count(refusals: ["conflict": 2], at: 5)
        try store.count(refusals: ["conflict": 1, "pending": 4], at: 6)
        let kept = try store.device(device.identifier)
        #expect(kept?.flags == [.chain, .conflict])
        #expect(kept?.lastContactMilliseconds == 77)
        #expect(try store.refusals() == ["conflict": 3, "pending": 4])
    }

    @Test func tokensAreReadOnlyWhenWellFormed() {
        let token = EnrolmentToken()
        #expect(EnrolmentToken(token.text) == token)
        #expect(EnrolmentToken(token.text.uppercased()) == token)
        #expect(EnrolmentToken(String(token.text.dropLast())) == nil)
        #expect(EnrolmentToken(String(repeating: "g", count: 32)) == nil)
    }
}
