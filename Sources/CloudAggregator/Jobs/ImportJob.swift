import BatchFormat
import FleetProtocol
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import RawStore
import Signing
import Warehouse

/// Takes batches that were carried here as files, whether or not the server runs: each goes the way of an upload, through
/// `BatchIntake`. The files stay where they are; a batch that is merged already is a duplicate and changes nothing.
public struct ImportJob: Sendable {
    /// What became of the files.
    public struct Summary: Hashable, Sendable, CustomStringConvertible {
        /// Files whose events are in the tables now.
        public var merged = 0
        /// Their events.
        public var events: Int64 = 0
        /// Files whose events were there already.
        public var duplicates = 0
        /// Files that are not taken.
        public var refused = 0

        /// A line for an operator.
        public var description: String {
            let files = merged + duplicates + refused
            return "\(files) files: \(merged) merged with \(events) events, \(duplicates) known already, "
                + "\(refused) refused"
        }
    }

    /// What became of one batch.
    enum Outcome: Sendable {
        case accepted(BatchIntake.Acceptance)
        case refused(String)
        /// The same batch was worked on at that moment.
        case busy
    }

    let intake: BatchIntake
    let location: WarehouseLocation
    let forgotten: ForgottenRecords
    /// How many batches are taken at once: as many as are merged together.
    let parallel: Int

    /// Opens fleet, warehouse and raw store, which are made where they are missing.
    public init(_ configuration: CloudConfiguration, clock: WallClock = .system, logger: Logger) throws {
        ProcessMemory.configure()
        let state = try StateFolder(configuration.state)
        let plans = try configuration.plans()
        location = try configuration.warehouse
        let merger = try Merger(location, plans: plans)
        forgotten = try ForgottenRecords(
            store: configuration.objects(), key: KeyRing.receiptKey(configuration))
        parallel = configuration.merge.groupBatches
        intake = BatchIntake(
            fleetName: configuration.fleet, limits: configuration.limits, fleet: try Fleet(path: state.fleet),
            ledger: try WarehouseReader(location, plans: plans),
            plans: Dictionary(plans.map { ($0.name, $0) }, uniquingKeysWith: { $1 }),
            raw: RawStore(try configuration.objects()),
            queue: MergeQueue(
                delay: configuration.merge.groupDelay, limits: CloudCore.groupLimits(configuration),
                capacity: CloudCore.queueCapacity, logger: logger
            ) { try await merger.merge($0) },
            locks: IdentityLocks(), budget: MemoryBudget(limit: configuration.batchMemory, policy: .wait),
            threads: IntakeThreads(storing: configuration.raw.puttingThreads), clock: clock, logger: logger)
    }

    /// Imports the files ending in `.batch` in that folder.
    ///
    /// - Parameter complain: told of each file that is refused: its name and why.
    public func run(folder path: String, complain: (_ name: String, _ reason: String) -> Void) async throws -> Summary {
        let folder = try ImportFolder(path)
        return try await withWorkers { try await run(folder, complain) }
    }

    /// Runs `body` while there are threads to work on.
    func withWorkers(_ body: () async throws -> Summary) async throws -> Summary {
        intake.threads.start()
        let result: Result<Summary, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        try await intake.threads.shutdown()
        return try result.get()
    }

    private func run(_ folder: ImportFolder, _ complain: (String, String) -> Void) async throws -> Summary {
        var summary = Summary()
        var copies: [String] = []
        func note(_ name: String, _ outcome: Outcome) {
            if case .busy = outcome {
                copies.append(name)
            } else {
                summary.note(outcome) { complain(name, $0) }
            }
        }
        // As many at once as are merged together.
        var start = 0
        while start < folder.names.count {
            let names = Array(folder.names[start..<min(start + parallel, folder.names.count)])
            start += names.count
            let outcomes = try await withThrowingTaskGroup(of: (Int, Outcome).self) { tasks in
                for (index, name) in names.enumerated() {
                    tasks.addTask { (index, try await take(name, of: folder)) }
                }
                return try await tasks.reduce(into: [Int: Outcome]()) { $0[$1.0] = $1.1 }
            }
            for (index, name) in names.enumerated() { if let outcome = outcomes[index] { note(name, outcome) } }
            for name in copies {
                let outcome = try await take(name, of: folder)
                if case .busy = outcome {
                    note(name, .refused("the tables are busy; import it again"))
                } else {
                    note(name, outcome)
                }
            }
            copies = []
        }
        return summary
    }

    private func take(_ name: String, of folder: ImportFolder) async throws -> Outcome {
        try await outcome {
            let file = try await intake.threads.storing.runIfActive { try folder.read(name) }
            guard file.count <= intake.limits.wireBytes else { throw Refusal.tooLarge(limit: intake.limits.wireBytes) }
            let head = UploadHead(identity: try Self.claimedIdentity(file), byteCount: file.count)
            let device = try await intake.admittedDevice(head.identity.device)
            let body = RequestBody(buffer: ByteBuffer(bytes: file))
            return try await intake.accept(body, head: head, of: device, arrival: .file)
        }
    }

    /// What becomes of a batch that `take` takes. Throws only what is not the batch's fault and would meet all others too.
    func outcome(_ take: () async throws -> BatchIntake.Acceptance) async throws -> Outcome {
        do {
            return .accepted(try await take())
        } catch let error as CloudError {
            return .refused(error.reason)
        } catch {
            switch Refusal(error) {
            case .busy?, .overloaded?: return .busy
            case .storageFull?, .storeUnreachable?, nil: throw error
            case .batch(let error)?: return .refused(error.description)
            case let refusal?: return .refused(refusal.sentence)
            }
        }
    }

    /// The identity that the manifest names; what is signed and by whom shows later.
    private static func claimedIdentity(_ file: [UInt8]) throws(BatchError) -> BatchIdentity {
        let envelope: Envelope
        do throws(SigningError) {
            envelope = try SealedHeader.read(file).envelope
        } catch {
            throw .signing(error)
        }
        return try Manifest(json: envelope.payload).identity
    }
}

extension ImportJob.Summary {
    /// Counts one; tells `complain` why it is refused.
    mutating func note(_ outcome: ImportJob.Outcome, complain: (String) -> Void) {
        switch outcome {
        case .accepted(let accepted):
            merged += accepted.result == .merged ? 1 : 0
            events += accepted.result == .merged ? accepted.manifest.events : 0
            duplicates += accepted.result == .duplicate ? 1 : 0
        case .refused(let reason):
            refused += 1
            complain(reason)
        case .busy: duplicates += 1
        }
    }
}
