import BatchFormat
import FleetProtocol
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import RawStore
import Signing
import StreamDefinition
import Warehouse

/// Takes a sealed batch, whichever way it came: checks all that its first frame tells before the rest is read, makes the
/// raw file durable, and has the events merged.
struct BatchIntake: Sendable {
    /// The way a batch has come.
    enum Arrival {
        /// The device has sent it.
        case upload
        /// Somebody has brought it as a file: no sign of life.
        case file
        /// It lies in the raw store already, since then.
        case raw(storedMilliseconds: Int64)
    }

    /// What became of a batch that is not refused.
    struct Acceptance: Sendable {
        let manifest: Manifest
        let result: Receipt.Result
        /// The commit that holds it, or a later one.
        let watermark: Int64
    }

    let fleetName: String
    let limits: BatchLimits
    let fleet: Fleet
    let ledger: WarehouseReader
    let plans: [String: StreamPlan]
    let raw: RawStore
    let queue: MergeQueue<BatchGroup, MergeOutcome>
    let locks: IdentityLocks
    let budget: MemoryBudget
    let threads: IntakeThreads
    let clock: WallClock
    let logger: Logger

    /// Takes a batch of a device that may deliver, or throws why not: `Refusal` and `BatchError` are the batch's fault.
    func accept(
        _ requestBody: RequestBody, head: UploadHead, of device: Device, arrival: Arrival
    ) async throws -> Acceptance {
        try await locks.withLock(on: head.identity) {
            var body = UploadBody(requestBody)
            let manifest = try await verifiedManifest(&body, head: head, device: device)
            let now = clock.milliseconds
            if case .upload = arrival { await fleet.noteContact(of: device.identifier, at: now) }
            if let known = try await ledger.entry(of: head.identity) {
                guard known.manifestSHA256 == manifest.sha256 else {
                    try await quarantine(&body, manifest: manifest)
                    throw Refusal.conflict(head.identity)
                }
                return Acceptance(manifest: manifest, result: .duplicate, watermark: try await ledger.watermark())
            }
            return try await take(&body, manifest: manifest, head: head, arrival: arrival, now: now)
        }
    }

    /// The device of that identifier, if batches of it are taken.
    func admittedDevice(_ identifier: String) async throws -> Device {
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
        _ body: inout UploadBody, manifest: Manifest, head: UploadHead, arrival: Arrival, now: Int64
    ) async throws -> Acceptance {
        try BatchBodyReader.check(manifest, limits: limits)
        // What the events change takes about as much as their text.
        let outcome = try await budget.withRoom(for: head.byteCount + Int(manifest.rawBytes)) { room in
            let contribution = try await contribution(&body, manifest, head: head, arrival: arrival, now: now)
            let bytes = contribution.delta.byteCount
            room.shrink(to: bytes)
            // Joined with others it takes at most as much again.
            return try await queue.submit(contribution, bytes: 2 * bytes)
        }
        switch outcome.result {
        case .merged:
            await checkChain(manifest, now: now)
            return Acceptance(manifest: manifest, result: .merged, watermark: outcome.watermark)
        case .duplicate: return Acceptance(manifest: manifest, result: .duplicate, watermark: outcome.watermark)
        case .conflict: throw Refusal.conflict(manifest.identity)
        }
    }

    /// Reads the rest of a batch, makes its file durable and folds its events.
    private func contribution(
        _ body: inout UploadBody, _ manifest: Manifest, head: UploadHead, arrival: Arrival, now: Int64
    ) async throws -> BatchContribution {
        guard let plan = plans[manifest.stream] else { throw Refusal.unknownStream(manifest.stream) }
        let frames = try await body.readFrames(limit: Int(manifest.framesBytes))
        let events = try await threads.folding.runIfActive { [limits] in
            let reader = try BatchBodyReader(manifest: manifest, limits: limits)
            try reader.append(frames)
            return try reader.finish()
        }
        // The disk works on the file while a processor works on its events.
        let file = body.head + frames
        async let isKept: Void = keep(file, of: manifest, arrival)
        let received = if case .raw(let stored) = arrival { stored } else { now }
        let contribution = try await threads.folding.runIfActive {
            try BatchContribution(
                manifest: manifest, events: events, plan: plan, head: head, rawKey: RawKey.batch(manifest),
                receivedMilliseconds: received)
        }
        try await isKept
        return contribution
    }

    /// Makes the file of a batch durable, unless it has come from the raw store.
    private func keep(_ file: [UInt8], of manifest: Manifest, _ arrival: Arrival) async throws {
        if case .raw = arrival { return }
        try await threads.storing.runIfActive { [raw] in _ = try raw.keep(file, of: manifest) }
    }

    /// Keeps the second of two batches of one identity for a person to look at, and marks the device.
    private func quarantine(_ body: inout UploadBody, manifest: Manifest) async throws {
        let file = try await body.head + body.readFrames(limit: Int(manifest.framesBytes))
        let key = try await threads.storing.runIfActive { [raw] in try raw.quarantine(file, of: manifest) }
        logger.warning(
            "A second batch of one identity was set aside.",
            metadata: ["batch": "\(manifest.identity)", "file": "\(key)"])
        try await fleet.flag(manifest.identity.device, .conflict, detail: key, at: clock.milliseconds)
    }

    /// Marks a device whose batches do not follow one another. They come in any order, so each is held against the one
    /// before it and the one behind it, as far as these are merged.
    private func checkChain(_ manifest: Manifest, now: Int64) async {
        let identity = manifest.identity
        do {
            let before = try await ledger.entry(of: identity.advanced(by: -1))?.manifestSHA256
            if let before = identity.sequence == 1 ? Manifest.noPrevious : before, before != manifest.previous {
                try await markBroken(identity, now: now)
            }
            let behind = try await ledger.entry(of: identity.advanced(by: 1))
            if let behind, try Manifest(json: behind.manifest).previous != manifest.sha256 {
                try await markBroken(identity.advanced(by: 1), now: now)
            }
        } catch {
            logger.error(
                "A batch's chain could not be checked.", metadata: ["batch": "\(identity)", "error": "\(error)"])
        }
    }

    private func markBroken(_ identity: BatchIdentity, now: Int64) async throws {
        logger.warning("A batch does not follow the one before it.", metadata: ["batch": "\(identity)"])
        try await fleet.flag(identity.device, .chain, detail: identity.description, at: now)
    }
}

extension BatchIdentity {
    /// The identity so many places on in the same epoch.
    fileprivate func advanced(by places: Int64) -> BatchIdentity {
        BatchIdentity(device: device, epoch: epoch, sequence: sequence + places)
    }
}
