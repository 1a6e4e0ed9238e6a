import Cryptography
import FleetProtocol
import ObjectStore
import Signing
import Testing

@testable import CloudAggregator

/// What is kept of a device beside its batches.
@Suite struct DeviceRecordTests {
    private let key: PrivateKey
    private let folder: TemporaryFolder
    private let records: DeviceRecords

    init() throws {
        key = try PrivateKey()
        folder = try TemporaryFolder()
        records = DeviceRecords(store: try DirectoryObjectStore(root: folder.path), key: key)
    }

    private func device(epoch: Int64 = 3) throws -> Device {
        let key = try PrivateKey(seed: Array(repeating: 7, count: 32)).publicKey
        return Device(
            identifier: key.deviceIdentifier, key: key, name: "roof", state: .revoked, enrolledMilliseconds: 5,
            epoch: epoch, lastContactMilliseconds: nil, flags: [])
    }

    private func all() throws -> (devices: [Device], complaints: [String]) {
        var (devices, complaints): ([Device], [String]) = ([], [])
        try records.forEach(complain: { complaints.append("\($0) \($1)") }) { devices.append($0) }
        return (devices, complaints)
    }

    @Test func aRecordIsReadBackAsItWasKept() throws {
        let device = try device()
        try records.keep { device }
        #expect(try all().devices == [device])
        #expect(try all().complaints.isEmpty)
    }

    @Test func whatChangesWhileItIsWrittenIsWrittenToo() throws {
        var asked: Int64 = 0
        try records.keep {
            asked += 1
            return try device(epoch: min(asked, 3))
        }
        #expect(try all().devices.map(\.epoch) == [3])
    }

    @Test func aRecordThatAnotherKeySignedIsNotBelieved() throws {
        let bytes = try DeviceRecord(device()).signed(by: PrivateKey())
        try records.store.put(bytes, key: DeviceRecord.key(device().identifier), .replace)
        let (devices, complaints) = try all()
        #expect(devices.isEmpty)
        #expect(complaints.count == 1)
    }

    @Test func aFleetIsBroughtUpToItsRecordsAndNeverBack() throws {
        let store = try FleetStore(path: folder.path + "/fleet.sqlite")
        let device = try device()
        try store.adopt(device)
        #expect(try store.device(device.identifier) == device)
        try store.adopt(self.device(epoch: 2))
        #expect(try store.device(device.identifier)?.epoch == 3)
        try store.raiseEpoch(of: device.identifier, to: 9)
        try store.raiseEpoch(of: device.identifier, to: 4)
        #expect(try store.device(device.identifier)?.epoch == 9)
    }

    @Test func invitationsThatMayHaveBeenUsedAreWithdrawn() throws {
        let store = try FleetStore(path: folder.path + "/fleet.sqlite")
        let token = try store.invite(name: nil, lifetime: .seconds(60), at: 1000)
        #expect(try store.withdrawInvitations() == 1)
        #expect(throws: FleetStore.TokenRefusal.unknown) {
            try store.enrol(token: token, key: device().key, name: "", at: 1000)
        }
    }
}
