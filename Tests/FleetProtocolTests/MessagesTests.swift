import Cryptography
import JSON
import Testing

@testable import FleetProtocol

@Suite struct MessagesTests {
    let key: PrivateKey

    init() throws {
        key = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
    }

    @Test func anEnrolmentRequestIsReadBack() throws {
        let request = EnrolmentRequest(token: "ab", publicKey: key.publicKey, name: "roof")
        #expect(try EnrolmentRequest(json: request.json) == request)
    }

    @Test func anEnrolmentGrantIsReadBack() throws {
        let grant = EnrolmentGrant(
            device: key.publicKey.deviceIdentifier, fleet: "f", state: .pending, authority: "PEM\n",
            receiptKey: key.publicKey, releaseKey: key.publicKey, timestampKey: key.publicKey)
        #expect(grant.device.utf8.count == 16)
        #expect(try EnrolmentGrant(json: grant.json) == grant)
    }

    @Test func anEpochBelowOneIsRefused() throws {
        #expect(try EpochGrant(json: EpochGrant(epoch: 1).json).epoch == 1)
        #expect(throws: JSONError.self) { try EpochGrant(json: EpochGrant(epoch: 0).json) }
    }

    @Test func aReceiptIsBelievedFromItsKeyAlone() throws {
        let receipt = Receipt(
            device: "d", epoch: 1, sequence: 2, manifestSHA256: SHA256.digest([1]), result: .merged, watermark: 9,
            serverTimeMilliseconds: 1000)
        let signed = try receipt.signed(by: key)
        #expect(try Receipt(signed: signed, key: key.publicKey) == receipt)
        let other = try PrivateKey().publicKey
        #expect(throws: (any Error).self) { try Receipt(signed: signed, key: other) }
    }

    @Test func aTimestampDoesNotPassForAManifest() throws {
        let timestamp = ModelTimestamp(
            stream: "rsvps", version: 3, manifestSHA256: SHA256.digest([2]), createdMilliseconds: 1,
            expiresMilliseconds: 2)
        let signed = try timestamp.signed(by: key)
        #expect(try ModelTimestamp(signed: signed, key: key.publicKey) == timestamp)
        #expect(throws: (any Error).self) { try ModelManifest(signed: signed, key: key.publicKey) }
    }

    @Test func aModelManifestIsReadBack() throws {
        let manifest = ModelManifest(
            stream: "rsvps", version: 3, artifactSHA256: SHA256.digest([2]), artifactBytes: 10,
            createdMilliseconds: 1, expiresMilliseconds: 2)
        #expect(try ModelManifest(signed: manifest.signed(by: key), key: key.publicKey) == manifest)
    }

    @Test func aProblemKeepsItsName() throws {
        let problem = Problem("unknown-device", status: 403, title: "Unknown device", detail: "no device 'x'")
        #expect(try Problem(json: problem.json, status: 403) == problem)
        #expect(try Problem(json: Array("{}".utf8), status: 502).status == 502)
    }
}
