import BatchFormat
import Cryptography
import FleetProtocol
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import RawStore
import Signing
import StreamDefinition
import Warehouse

/// Takes an upload: checks all that its first frame tells before the rest is read, makes the raw file durable, has the
/// events merged, and answers with a signed receipt.
struct BatchReceiver: Sendable {
    /// How long an upload may take to arrive.
    private static let arrivalLimit = TimeAmount.seconds(120)

    let fleetName: String
    let limits: BatchLimits
    let fleet: Fleet
    let ledger: WarehouseReader
    let plans: [String: StreamPlan]
    let files: DirectoryRawStore
    let queue: MergeQueue<BatchContribution, MergeOutcome>
    let locks: IdentityLocks
    /// Where batches are unpacked, stored and parsed.
    let workers: NIOThreadPool
    let receiptKey: PrivateKey
    let clock: WallClock
    let logger: Logger

    /// The answer to `PUT /v1/batches/{device}/{epoch}/{sequence}`.
    func receive(_ request: Request, context: ConnectionContext) async throws -> Response {
        let head = try UploadHead(request, parameters: context.parameters, limits: limits)
        let device = try await admittedDevice(head.identity.device)
        let channel = context.channel
        let deadline = channel.eventLoop.scheduleTask(in: Self.arrivalLimit) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        return try await locks.withLock(on: head.identity, bytes: head.byteCount) {
            var body = UploadBody(request.body)
            let manifest = try await verifiedManifest(&body, head: head, device: device)
            let now = clock.milliseconds
            await fleet.noteContact(of: device.identifier, at: now)
            if let known = try await ledger.entry(of: head.identity) {
                guard known.manifestSHA256 == manifest.sha256 else {
                    try await quarantine(&body, manifest: manifest)
                    throw Refusal.conflict(head.identity)
                }
                return try receipt(manifest, .duplicate, watermark: await ledger.watermark())
            }
            return try await take(&body, manifest: manifest, head: head, now: now)
        }
    }

    private func admittedDevice(_ identifier: String) async throws -> Device {
        guard let device = try await fleet.device(identifier) else { throw Refusal.unknownDevice }
        switch device.state {
        case .accepted: return device
        case .pending: throw Refusal.pending
        case .revoked: throw Refusal.revoked
        }
    }

    private func verifiedManifest(
        _ body: inout UploadBody, head: UploadHead, device: Device
    ) async throws -> Manifest {
        let envelope = try await body.readEnvelope()
        let manifest = try SealedBatch.manifest(in: envelope, key: device.key)
        guard manifest.identity == head.identity else {
            throw BatchError.mismatch("the path says \(head.identity), the manifest \(manifest.identity)")
        }
        guard manifest.fleet == fleetName else { throw Refusal.foreignFleet(manifest.fleet) }
        guard plans[manifest.stream] != nil else { throw Refusal.unknownStream(manifest.stream) }
        guard manifest.identity.epoch <= device.epoch else { throw Refusal.unknownEpoch(manifest.identity.epoch) }
        guard Int64(head.byteCount - body.head.count) == manifest.framesBytes else {
            throw BatchError.malformed(
                "Content-Length is \(head.byteCount), but head and frames are \(body.head.count) and \(manifest.framesBytes)"
            )
        }
        return manifest
    }

    private func take(
        _ body: inout UploadBody, manifest: Manifest, head: UploadHead, now: Int64
    ) async throws -> Response {
        let frames = try await body.readFrames(limit: Int(manifest.framesBytes))
        let fileHead = body.head
        let key = RawKey.batch(manifest)
        guard let plan = plans[manifest.stream] else { throw Refusal.unknownStream(manifest.stream) }
        let contribution = try await workers.runIfActive { [limits, files] in
            let reader = try BatchBodyReader(manifest: manifest, limits: limits)
            try reader.append(frames)
            let events = try reader.finish()
            try files.store(fileHead + frames, key: key)
            return try BatchContribution(
                manifest: manifest, events: events, plan: plan, head: head, rawKey: key, receivedMilliseconds: now)
        }
        let outcome = try await queue.submit(contribution)
        switch outcome.result {
        case .merged:
            await checkChain(manifest, now: now)
            return try receipt(manifest, .merged, watermark: outcome.watermark)
        case .duplicate: return try receipt(manifest, .duplicate, watermark: outcome.watermark)
        case .conflict: throw Refusal.conflict(manifest.identity)
        }
    }

    /// Keeps the second of two batches of one identity for a person to look at, and marks the device.
    private func quarantine(_ body: inout UploadBody, manifest: Manifest) async throws {
        let file = try await body.head + body.readFrames(limit: Int(manifest.framesBytes))
        let key = RawKey.quarantined(manifest.identity, manifestSHA256: Hexadecimal.encode(manifest.sha256))
        try await workers.runIfActive { [files] in try files.store(file, key: key) }
        logger.warning(
            "A second batch of one identity was set aside.",
            metadata: ["batch": "\(manifest.identity)", "file": "\(key)"])
        try await fleet.flag(manifest.identity.device, .conflict, detail: key, at: clock.milliseconds)
    }

    /// Marks a device whose batch does not follow the one that is merged before it.
    private func checkChain(_ manifest: Manifest, now: Int64) async {
        let identity = manifest.identity
        let before = BatchIdentity(device: identity.device, epoch: identity.epoch, sequence: identity.sequence - 1)
        do {
            let expected =
                before.sequence == 0 ? Manifest.noPrevious : try await ledger.entry(of: before)?.manifestSHA256
            guard let expected, expected != manifest.previous else { return }
            logger.warning("A batch does not follow the one before it.", metadata: ["batch": "\(identity)"])
            try await fleet.flag(identity.device, .chain, detail: identity.description, at: now)
        } catch {
            logger.error(
                "A batch's chain could not be checked.", metadata: ["batch": "\(identity)", "error": "\(error)"])
        }
    }

    private func receipt(_ manifest: Manifest, _ result: Receipt.Result, watermark: Int64) throws -> Response {
        let receipt = Receipt(
            device: manifest.identity.device, epoch: manifest.identity.epoch, sequence: manifest.identity.sequence,
            manifestSHA256: manifest.sha256, result: result, watermark: watermark,
            serverTimeMilliseconds: clock.milliseconds)
        return Response.json(try receipt.signed(by: receiptKey))
    }
}
