import BatchFormat
import Cryptography
import FleetProtocol
import Signing
import Testing
import Zstandard

@testable import CloudAggregator

/// What an edge does, without the edge.
struct TestDevice: Sendable {
    let key: PrivateKey
    let cloud: TestCloud

    var identifier: String { key.publicKey.deviceIdentifier }

    /// A device that is enrolled, accepted and has its first epoch.
    static func accepted(by cloud: TestCloud) async throws -> TestDevice {
        let device = TestDevice(key: try PrivateKey(), cloud: cloud)
        let token = try cloud.store().invite(name: "roof", lifetime: .seconds(60), at: WallClock.system.milliseconds)
        #expect(try await device.enrol(token: token.text).status == 200)
        #expect(try await device.control("POST", Endpoint.epochs(device: device.identifier), body: "{}").status == 200)
        return device
    }

    func enrol(token: String, signedBy other: PrivateKey? = nil) async throws -> TestResponse {
        let request = EnrolmentRequest(token: token, publicKey: key.publicKey, name: "claimed")
        return try await control(
            "POST", Endpoint.enrolment, body: String(decoding: request.json, as: UTF8.self),
            keyIdentifier: Base64.encode(key.publicKey.bytes), signedBy: other)
    }

    /// Sends a signed control request.
    func control(
        _ method: String, _ path: String, query: String = "", body: String = "", keyIdentifier: String? = nil,
        signedBy other: PrivateKey? = nil, created: Int64? = nil, nonce: String? = nil
    ) async throws -> TestResponse {
        let bytes = Array(body.utf8)
        let request = HTTPSignature.Request(
            method: method, authority: cloud.authority, path: path, query: query, body: bytes)
        let headers = try HTTPSignature.sign(
            request, key: other ?? key, keyIdentifier: keyIdentifier ?? identifier,
            created: created ?? WallClock.system.seconds, nonce: nonce ?? Hexadecimal.encode(SecureRandom.bytes(16)))
        return try await cloud.devices.send(
            method, path + (query.isEmpty ? "" : "?" + query), headers: headers.map { ($0.name, $0.value) }, body: bytes
        )
    }

    /// A sealed batch.
    func batch(
        _ lines: [String], epoch: Int64 = 1, sequence: Int64 = 1, previous: [UInt8] = Manifest.noPrevious,
        stream: String = "visits", fleet: String = "demo", signedBy other: PrivateKey? = nil,
        change: (inout Manifest) -> Void = { _ in }
    ) throws -> (file: [UInt8], manifest: Manifest) {
        let events = lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
        let compressor = try FrameCompressor(level: 3)
        var frames: [UInt8] = []
        try events.withUnsafeBytes { try compressor.compress($0, to: &frames) }
        try compressor.end(to: &frames)
        var manifest = Manifest(
            identity: BatchIdentity(device: identifier, epoch: epoch, sequence: sequence), fleet: fleet, stream: stream,
            events: Int64(lines.count), rawBytes: Int64(events.count), framesBytes: Int64(frames.count),
            framesSHA256: SHA256.digest(frames), previous: previous, firstEventMilliseconds: nil,
            lastEventMilliseconds: nil, sealedAtMilliseconds: 1_500_000_000_000, clock: .synchronized, boot: "test",
            gaps: [], scoring: nil)
        change(&manifest)
        return (try SealedBatch.head(manifest, key: other ?? key) + frames, manifest)
    }

    /// Uploads a file.
    func upload(
        _ file: [UInt8], epoch: Int64 = 1, sequence: Int64 = 1, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        let path = Endpoint.batch(device: identifier, epoch: epoch, sequence: sequence)
        let given = Set(headers.map { $0.0 })
        let type = given.contains("Content-Type") ? [] : [("Content-Type", MediaType.batch)]
        return try await cloud.devices.send("PUT", path, headers: type + headers, body: file)
    }

    /// The receipt in an answer, once its signature is found right.
    func receipt(_ response: TestResponse) throws -> Receipt {
        #expect(response.status == 200, "\(response.text)")
        return try Receipt(signed: response.body, key: cloud.keys.receipt.publicKey)
    }
}

extension TestResponse {
    /// The kind of problem that the answer states.
    var problem: String {
        get throws {
            #expect(headers["content-type"] == MediaType.problem)
            return try Problem(json: body, status: status).name
        }
    }
}
