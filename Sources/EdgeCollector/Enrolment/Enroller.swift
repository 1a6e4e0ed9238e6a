import Cryptography
import FleetProtocol
import JSON
import Transfer

/// Joins a fleet: makes the device's key, shows the token to the cloud and keeps what the cloud grants.
///
/// May be run again with a new token: the key, and so the device, stays the same.
public struct Enroller {
    private static let timeout: Duration = .seconds(60)

    private let state: StateDirectory
    private let clock: any EdgeClock
    private let proxy: String?

    /// An enroller for that state directory.
    /// - Parameter proxy: through which the cloud is reached, see `EdgeConfiguration`.
    public init(state: StateDirectory, proxy: String? = nil, clock: any EdgeClock = SystemClock()) {
        self.proxy = proxy
        self.state = state
        self.clock = clock
    }

    /// Joins, and returns what was granted.
    public func enroll(token: EnrolmentToken, cloud: CloudAddress, name: String) throws -> Enrolment {
        try state.create()
        let lock = try StateLock(state)
        defer { withExtendedLifetime(lock) {} }
        let key = try DeviceKey.loadOrMake(in: state)
        let request = EnrolmentRequest(token: token.secret, publicKey: key.publicKey, name: name)
        let signer = RequestSigner(
            cloud: cloud, key: key, keyIdentifier: Base64.encode(key.publicKey.bytes),
            connection: ConnectionOptions(trust: .pinnedPublicKey(sha256: token.pin), proxy: proxy))
        let (grant, floor) = try ask(request, signer)
        guard grant.device == key.publicKey.deviceIdentifier else {
            throw EdgeError.enrolmentRefused("it calls this device '\(grant.device)', which is not its key's name")
        }
        let enrolment = Enrolment(cloud: cloud, name: name, grant: grant, floorMilliseconds: floor)
        try enrolment.save(to: state)
        return enrolment
    }

    /// Asks, and once more where the cloud says that this machine's clock is wrong. What time the cloud has comes with it.
    private func ask(
        _ request: EnrolmentRequest, _ signer: RequestSigner
    ) throws -> (grant: EnrolmentGrant, floor: Int64) {
        let transfers = try TransferLoop()
        var now = clock.wallMilliseconds
        var response = try exchange(request, signer, at: now, over: transfers)
        if let right = RequestSigner.correctedMilliseconds(response, signedAt: now) {
            now = right
            response = try exchange(request, signer, at: now, over: transfers)
        }
        guard response.status == 200 else { throw EdgeError.enrolmentRefused(response.problem) }
        do throws(JSONError) {
            let date = response.header("date").flatMap(HTTPDate.milliseconds)
            return (try EnrolmentGrant(json: response.body), date ?? 0)
        } catch {
            throw EdgeError.enrolmentRefused("its answer is not readable: \(error)")
        }
    }

    private func exchange(
        _ request: EnrolmentRequest, _ signer: RequestSigner, at milliseconds: Int64, over transfers: any Transfers
    ) throws -> HTTPResponse {
        let signed = try signer.request(
            "POST", Endpoint.enrolment, body: request.json, timeout: Self.timeout, at: milliseconds)
        let identifier = transfers.begin(signed)
        while true {
            for event in try transfers.wait(timeout: Self.timeout, also: [], writing: []) {
                guard case .response(identifier, let result) = event else { continue }
                do throws(TransferError) {
                    return try result.get()
                } catch {
                    throw EdgeError.unreachable("\(error)")
                }
            }
        }
    }
}
