import Cryptography
import FleetProtocol
import Signing
import Testing

@testable import CloudAggregator

@Suite struct EnrolmentDeskTests {
    private var now: Int64 { WallClock.system.milliseconds }

    @Test func anInvitedDeviceLearnsWhomToTrust() async throws {
        try await TestCloud.run { cloud in
            let device = TestDevice(key: try PrivateKey(), cloud: cloud)
            let token = try cloud.store().invite(name: "roof", lifetime: .seconds(60), at: now)
            let grant = try EnrolmentGrant(json: await device.enrol(token: token.text).body)
            #expect(grant.device == device.identifier)
            #expect(grant.fleet == "demo")
            #expect(grant.state == .accepted)
            #expect(grant.authority == cloud.keys.authority)
            #expect(grant.receiptKey == cloud.keys.receipt.publicKey)
            #expect(grant.releaseKey == cloud.keys.release.publicKey)
            #expect(grant.timestampKey == cloud.keys.timestamp.publicKey)
            let path = Endpoint.epochs(device: device.identifier)
            #expect(try EpochGrant(json: await device.control("POST", path, body: "{}").body).epoch == 1)
            #expect(try EpochGrant(json: await device.control("POST", path, body: "{}").body).epoch == 2)
        }
    }

    @Test func aWrongUsedOrExpiredTokenIsRefused() async throws {
        try await TestCloud.run { cloud in
            let used = try cloud.store().invite(name: "roof", lifetime: .seconds(60), at: now)
            #expect(try await TestDevice(key: try PrivateKey(), cloud: cloud).enrol(token: used.text).status == 200)
            let expired = try cloud.store().invite(name: "roof", lifetime: .seconds(1), at: now - 2000)
            for token in [used.text, expired.text, EnrolmentToken().text, "not a token"] {
                let answer = try await TestDevice(key: try PrivateKey(), cloud: cloud).enrol(token: token)
                #expect(answer.status == 401)
                #expect(try answer.problem == "invalid-token")
            }
            #expect(try cloud.store().devices().count == 1)
        }
    }

    @Test func anEnrolmentMustBeSignedByTheNewKey() async throws {
        try await TestCloud.run { cloud in
            let token = try cloud.store().invite(name: "roof", lifetime: .seconds(60), at: now)
            let device = TestDevice(key: try PrivateKey(), cloud: cloud)
            let answer = try await device.enrol(token: token.text, signedBy: PrivateKey())
            #expect(answer.status == 401)
            #expect(try answer.problem == "invalid-signature")
            let unsigned = try await cloud.devices.send("POST", Endpoint.enrolment, body: Array("{}".utf8))
            #expect(unsigned.status == 400)
            #expect(try await device.enrol(token: token.text).status == 200)
        }
    }

    @Test func aPendingDeviceWaitsForAnOperator() async throws {
        try await TestCloud.run { cloud in
            let device = TestDevice(key: try PrivateKey(), cloud: cloud)
            let token = try cloud.store().invite(name: nil, lifetime: .seconds(60), at: now)
            #expect(try EnrolmentGrant(json: await device.enrol(token: token.text).body).state == .pending)
            let path = Endpoint.epochs(device: device.identifier)
            let refused = try await device.control("POST", path, body: "{}")
            #expect(refused.status == 403)
            #expect(try refused.problem == "pending")
            #expect(try await device.upload(device.batch([TestStream.event(1)]).file).problem == "pending")
            try cloud.store().setState(.accepted, of: device.identifier)
            #expect(try await device.control("POST", path, body: "{}").status == 200)
        }
    }

    @Test func aRevokedDeviceIsRefusedFromItsNextRequestOn() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            try cloud.store().setState(.revoked, of: device.identifier)
            let answers = [
                try await device.control("POST", Endpoint.epochs(device: device.identifier), body: "{}"),
                try await device.control("GET", Endpoint.modelTimestamp(stream: "visits"), query: "after=0&wait=0"),
                try await device.upload(device.batch([TestStream.event(1)]).file),
            ]
            for answer in answers {
                #expect(answer.status == 403)
                #expect(try answer.problem == "revoked")
            }
        }
    }

    @Test func aRequestCountsOnceAndOnlyLately() async throws {
        try await TestCloud.run { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let path = Endpoint.epochs(device: device.identifier)
            #expect(try await device.control("POST", path, body: "{}", nonce: "n").status == 200)
            let replayed = try await device.control("POST", path, body: "{}", nonce: "n")
            #expect(replayed.status == 401)
            #expect(try replayed.problem == "replayed")
            for distance in [-301, 302] as [Int64] {
                let late = try await device.control(
                    "POST", path, body: "{}", created: WallClock.system.seconds + distance)
                #expect(late.status == 401)
                #expect(late.headers["date"]?.hasSuffix("GMT") == true)
            }
        }
    }

    @Test func aDeviceSpeaksForItselfAlone() async throws {
        try await TestCloud.run { cloud in
            let (one, other) = (try await TestDevice.accepted(by: cloud), try await TestDevice.accepted(by: cloud))
            let path = Endpoint.epochs(device: other.identifier)
            #expect(try await one.control("POST", path, body: "{}").problem == "invalid-signature")
            #expect(
                try await one.control("POST", path, body: "{}", keyIdentifier: other.identifier).problem
                    == "invalid-signature")
            let stranger = TestDevice(key: try PrivateKey(), cloud: cloud)
            #expect(try await stranger.control("POST", path, body: "{}").problem == "unknown-device")
            let unsigned = try await cloud.devices.send("POST", path, body: Array("{}".utf8))
            #expect(unsigned.status == 401)
        }
    }
}
