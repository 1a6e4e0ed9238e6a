import BatchFormat
import Cryptography
import FleetProtocol
import Signing
import Zstandard

/// A device that enrols, takes an epoch and seals batches.
struct LoadDevice {
    let key: PrivateKey
    let identifier: String
    private(set) var epoch: Int64 = 0
    private var sequence: Int64 = 0
    private var previous = Manifest.noPrevious

    init() throws {
        key = try PrivateKey()
        identifier = key.publicKey.deviceIdentifier
    }

    /// Joins with an invitation, and takes an epoch.
    mutating func enrol(token: String, over connection: CloudConnection, authority: String) async throws {
        let request = EnrolmentRequest(token: token, publicKey: key.publicKey, name: "")
        _ = try await control(
            Endpoint.enrolment, request.json, Base64.encode(key.publicKey.bytes), connection, authority)
        let grant = try await control(
            Endpoint.epochs(device: identifier), Array("{}".utf8), identifier, connection, authority)
        epoch = try EpochGrant(json: grant).epoch
    }

    /// The next batch: its place in the fleet, and its file.
    mutating func seal(
        _ events: [UInt8], count: Int, fleet: String, at milliseconds: Int64
    ) throws -> (path: String, manifest: [UInt8], file: [UInt8]) {
        let compressor = try FrameCompressor(level: 3)
        var frames: [UInt8] = []
        try events.withUnsafeBytes { try compressor.compress($0, to: &frames) }
        try compressor.end(to: &frames)
        sequence += 1
        let manifest = Manifest(
            identity: BatchIdentity(device: identifier, epoch: epoch, sequence: sequence), fleet: fleet,
            stream: "rsvps", events: Int64(count), rawBytes: Int64(events.count), framesBytes: Int64(frames.count),
            framesSHA256: SHA256.digest(frames), previous: previous, firstEventMilliseconds: nil,
            lastEventMilliseconds: nil, sealedAtMilliseconds: milliseconds, clock: .synchronized, boot: "load")
        previous = manifest.sha256
        return (
            Endpoint.batch(device: identifier, epoch: epoch, sequence: sequence), manifest.sha256,
            try SealedBatch.head(manifest, key: key) + frames
        )
    }

    private func control(
        _ path: String, _ body: [UInt8], _ keyIdentifier: String, _ connection: CloudConnection, _ authority: String
    ) async throws -> [UInt8] {
        let request = HTTPSignature.Request(method: "POST", authority: authority, path: path, body: body)
        let headers = try HTTPSignature.sign(
            request, key: key, keyIdentifier: keyIdentifier, created: LoadClock.milliseconds / 1000,
            nonce: Hexadecimal.encode(SecureRandom.bytes(16)))
        let answer = try await connection.send(
            .POST, path, [("content-type", MediaType.json)] + headers.map { ($0.name, $0.value) }, body)
        guard answer.status == 200 else {
            throw LoadError.refused(
                path: path, status: answer.status, problem: String(decoding: answer.body, as: UTF8.self))
        }
        return answer.body
    }
}
