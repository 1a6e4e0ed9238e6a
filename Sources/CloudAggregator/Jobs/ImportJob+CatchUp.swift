import BatchFormat
import Hummingbird
import NIOCore
import ObjectStore
import RawStore

extension ImportJob {
    /// How many batches are looked up before they are taken.
    private static let pageSize = 1024

    /// A batch of the raw store that the ledger lacks.
    private struct Missing: Sendable {
        let key: RawKey
        let storedMilliseconds: Int64
    }

    /// Takes the raw batches that the ledger lacks: after the warehouse was put back to an older state, those that came
    /// since, whose devices have their receipts; otherwise at most those that a kill has left unmerged. First that warehouse
    /// forgets whoever was forgotten since. May be repeated.
    ///
    /// - Parameter complain: told of each batch that cannot be taken: its key and why.
    public func catchUp(complain: (_ key: String, _ reason: String) -> Void) async throws -> Summary {
        try await withWorkers {
            try await intake.threads.storing.runIfActive {
                try forgotten.apply(to: location.open(Array(intake.plans.values), access: .readWrite))
            }
            var summary = Summary()
            var position: String?
            repeat {
                let (page, end) = try await intake.threads.storing.runIfActive { [position] in
                    try missing(after: position)
                }
                position = end
                try await raiseEpochs(page)
                try await take(page, &summary, complain)
            } while position != nil
            return summary
        }
    }

    /// The next batches of the raw store that the ledger lacks, and where to go on; nil at the end.
    private func missing(after position: String?) throws -> (page: [Missing], end: String?) {
        let warehouse = try location.open(Array(intake.plans.values), access: .readOnly)
        var page: [Missing] = []
        var end: String?
        try intake.raw.forEachBatch(after: position) { key, info in
            let identity = key.identity
            let known = try warehouse.ledgerEntry(
                device: identity.device, epoch: identity.epoch, sequence: identity.sequence)
            if known == nil { page.append(Missing(key: key, storedMilliseconds: info.modifiedMilliseconds)) }
            if page.count == Self.pageSize { end = info.key }
            return end == nil
        }
        return (page, end)
    }

    /// An epoch that a batch was taken under has been issued.
    private func raiseEpochs(_ page: [Missing]) async throws {
        let greatest = Dictionary(page.map { ($0.key.identity.device, $0.key.identity.epoch) }, uniquingKeysWith: max)
        for (device, epoch) in greatest { try await intake.fleet.raiseEpoch(of: device, to: epoch) }
    }

    /// As many at once as are merged together.
    private func take(
        _ page: [Missing], _ summary: inout Summary, _ complain: (String, String) -> Void
    ) async throws {
        for start in stride(from: 0, to: page.count, by: parallel) {
            let group = page[start..<min(start + parallel, page.count)]
            let outcomes = try await withThrowingTaskGroup(of: (Int, Outcome).self) { tasks in
                for index in group.indices { tasks.addTask { (index, try await take(page[index])) } }
                return try await tasks.reduce(into: [Int: Outcome]()) { $0[$1.0] = $1.1 }
            }
            for index in group.indices {
                if let outcome = outcomes[index] {
                    summary.note(outcome) { complain(page[index].key.description, $0) }
                }
            }
        }
    }

    private func take(_ missing: Missing) async throws -> Outcome {
        try await outcome {
            let file = try await intake.threads.storing.runIfActive { try intake.raw.load(missing.key.description) }
            guard let device = try await intake.fleet.device(missing.key.identity.device) else {
                throw Refusal.unknownDevice
            }
            let head = UploadHead(identity: missing.key.identity, byteCount: file.count)
            let body = RequestBody(buffer: ByteBuffer(bytes: file))
            // Also of a device that was revoked since: it was taken when it came.
            return try await intake.accept(
                body, head: head, of: device, arrival: .raw(storedMilliseconds: missing.storedMilliseconds))
        }
    }
}
