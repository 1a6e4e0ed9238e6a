import Cryptography
import FleetProtocol
import Hummingbird
import JSON
import Logging

/// Lets devices join and gives them epochs.
struct EnrolmentDesk: Sendable {
    let fleetName: String
    let fleet: Fleet
    let authenticator: RequestAuthenticator
    let keys: KeyRing
    let registrar: DeviceRegistrar
    let feed: LiveFeed
    let clock: WallClock
    let logger: Logger

    /// The answer to `POST /v1/enroll`.
    func enrol(_ request: Request, context: ConnectionContext) async throws -> Response {
        let body = try await request.controlBody()
        let enrolment: EnrolmentRequest
        do throws(JSONError) {
            enrolment = try EnrolmentRequest(json: body)
        } catch {
            throw Refusal.malformed("\(error)")
        }
        let key = enrolment.publicKey
        try authenticator.verify(request, body: body, key: key, keyIdentifier: Base64.encode(key.bytes))
        guard let token = EnrolmentToken(enrolment.token) else { throw Refusal.invalidToken }
        let device: Device
        do {
            device = try await fleet.enrol(token: token, key: key, name: enrolment.name, at: clock.milliseconds)
        } catch let error as FleetStore.TokenRefusal {
            logger.warning("An invitation was refused.", metadata: ["reason": "\(error)", "name": "\(enrolment.name)"])
            throw Refusal.invalidToken
        }
        guard device.state != .revoked else { throw Refusal.revoked }
        try await registrar.record(device.identifier)
        logger.info(
            "A device enrolled.",
            metadata: ["device": "\(device.identifier)", "name": "\(device.name)", "state": "\(device.state.rawValue)"])
        await feed.noteChange()
        let grant = EnrolmentGrant(
            device: device.identifier, fleet: fleetName, state: device.state, authority: keys.authority,
            receiptKey: keys.receipt.publicKey, releaseKey: keys.release.publicKey,
            timestampKey: keys.timestamp.publicKey)
        return .json(grant.json)
    }

    /// The answer to `POST /v1/devices/{device}/epochs`.
    func issueEpoch(_ request: Request, context: ConnectionContext) async throws -> Response {
        let body = try await request.controlBody()
        let device = try await signingDevice(of: request, body: body)
        guard device.identifier == context.parameters.get("device") else {
            throw Refusal.unauthorized("signed by device \(device.identifier), which is another one")
        }
        let epoch = try await fleet.issueEpoch(to: device.identifier)
        try await registrar.record(device.identifier)
        logger.info("An epoch was issued.", metadata: ["device": "\(device.identifier)", "epoch": "\(epoch)"])
        return .json(EpochGrant(epoch: epoch).json)
    }

    /// The accepted device that signed a control request.
    func signingDevice(of request: Request, body: [UInt8]) async throws -> Device {
        let identifier = try authenticator.claimedKeyIdentifier(of: request)
        guard let device = try await fleet.device(identifier) else { throw Refusal.unknownDevice }
        try authenticator.verify(request, body: body, key: device.key, keyIdentifier: identifier)
        switch device.state {
        case .revoked: throw Refusal.revoked
        case .pending: throw Refusal.pending
        case .accepted: break
        }
        await fleet.noteContact(of: identifier, at: clock.milliseconds)
        return device
    }
}

extension Request {
    /// The largest body of a control request.
    static let controlBodyLimit = 16 << 10

    /// The body of a control request.
    func controlBody() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in body {
            bytes += buffer.readableBytesView
            guard bytes.count <= Self.controlBodyLimit else { throw Refusal.tooLarge(limit: Self.controlBodyLimit) }
        }
        return bytes
    }
}
