import BatchFormat
import FleetProtocol
import Logging
import NIOCore
import NIOPosix
import ObjectStore
import RawStore
import StreamDefinition
import Warehouse

/// What stands behind both servers: one fleet, one warehouse with its queue, one live feed.
struct CloudCore: Sendable {
    /// How many batches may wait for the merge before uploads are told to come again.
    static let queueCapacity = 512
    /// The memory of the batches that are merged together, and of what they change joined.
    static let groupBytes = 64 << 20

    let configuration: CloudConfiguration
    let clock: WallClock
    let logger: Logger
    let keys: KeyRing
    let state: StateFolder
    /// Raw batches, and the records of devices.
    let objects: any ObjectStore
    let lock: ServeLock
    let plans: [StreamPlan]
    let fleet: Fleet
    let reader: WarehouseReader
    let registrar: DeviceRegistrar
    let bulletin: ModelBulletin
    let feed: LiveFeed
    let queue: MergeQueue<BatchGroup, MergeOutcome>
    /// Not started yet.
    let threads: IntakeThreads

    /// Opens everything, so that what is missing or wrong shows before a port is bound.
    init(_ configuration: CloudConfiguration, clock: WallClock, logger: Logger) throws {
        (self.configuration, self.clock, self.logger) = (configuration, clock, logger)
        ProcessMemory.configure()
        keys = try KeyRing(configuration)
        state = try StateFolder(configuration.state)
        lock = try ServeLock(state.path)
        guard !RestoreMark(state.path).isSet else { throw CloudError.unfinishedRestore(path: state.path) }
        objects = try configuration.objects()
        let leftovers = try Self.sweep(state, objects, logger)
        if leftovers > 0 {
            logger.notice("Files that were never finished are removed.", metadata: ["files": "\(leftovers)"])
        }
        threads = IntakeThreads(storing: configuration.raw.puttingThreads)
        plans = try configuration.plans()
        let location = try configuration.warehouse
        let merger = try Merger(location, plans: plans)
        reader = try WarehouseReader(location, plans: plans)
        fleet = try Fleet(path: state.fleet)
        let records = DeviceRecords(store: objects, key: keys.receipt)
        registrar = try DeviceRegistrar(path: state.fleet, records: records)
        bulletin = ModelBulletin(key: keys.timestamp)
        let composer = SnapshotComposer(fleetName: configuration.fleet, plans: plans, reader: reader, fleet: fleet)
        let feed = LiveFeed(clock: clock, logger: logger) { try await composer.snapshot(rates: $0, asOf: $1) }
        self.feed = feed
        queue = MergeQueue(
            delay: configuration.merge.groupDelay, limits: Self.groupLimits(configuration),
            capacity: Self.queueCapacity, logger: logger
        ) { group in
            let outcomes = try await merger.merge(group)
            await feed.noteMerge(events: Self.mergedEvents(of: group.contributions, outcomes))
            return outcomes
        }
    }

    /// What is merged in one transaction.
    static func groupLimits(_ configuration: CloudConfiguration) -> GroupLimits {
        GroupLimits(count: configuration.merge.groupBatches, bytes: groupBytes)
    }

    /// Removes what programs that are gone have left; returns how many files. A store out of reach is left for later.
    private static func sweep(_ state: StateFolder, _ objects: any ObjectStore, _ logger: Logger) throws -> Int {
        let count = try state.files.sweep()
        guard !(objects is DirectoryObjectStore) else { return count }
        do {
            return try count + objects.sweep()
        } catch ObjectStoreError.unreachable(let place, let reason) {
            logger.warning(
                "The raw store is out of reach: batches are refused until it is back.",
                metadata: ["place": "\(place)", "error": "\(reason)"])
            return count
        }
    }

    /// What watches the fleet's database for the work of commands.
    func fleetWatch() -> FleetWatch {
        FleetWatch(
            fleet: fleet, warehouse: reader, bulletin: bulletin, feed: feed, clock: clock, logger: logger)
    }

    /// The devices' server.
    func deviceRoutes(_ connections: OpenConnections) -> DeviceRoutes {
        let intake = BatchIntake(
            fleetName: configuration.fleet, limits: configuration.limits, fleet: fleet, ledger: reader,
            plans: Dictionary(plans.map { ($0.name, $0) }, uniquingKeysWith: { $1 }), raw: RawStore(objects),
            queue: queue, locks: IdentityLocks(),
            budget: MemoryBudget(limit: configuration.batchMemory, policy: .refuse), threads: threads, clock: clock,
            logger: logger)
        let receiver = BatchReceiver(
            intake: intake, receiptKey: keys.receipt, notice: StorageNotice(logger: logger))
        let desk = EnrolmentDesk(
            fleetName: configuration.fleet, fleet: fleet, authenticator: RequestAuthenticator(clock: clock), keys: keys,
            registrar: registrar, feed: feed, clock: clock, logger: logger)
        let models = ModelDesk(
            desk: desk, bulletin: bulletin, fleet: fleet, files: state.files, workers: threads.storing)
        return DeviceRoutes(
            receiver: receiver, enrolment: desk, models: models, connections: connections, countRefusal: countRefusal)
    }

    /// The dashboard's server.
    func dashboardRoutes() throws(CloudError) -> DashboardRoutes {
        try DashboardRoutes(configuration.dashboard, feed: feed, countRefusal: countRefusal)
    }

    @Sendable private func countRefusal(_ problem: String) async {
        await fleet.countRefusal(problem)
    }

    /// The events of the batches that were new, by stream.
    private static func mergedEvents(of group: [BatchContribution], _ outcomes: [MergeOutcome]) -> [String: Int64] {
        zip(group, outcomes).reduce(into: [:]) { events, batch in
            guard batch.1.result == .merged else { return }
            events[batch.0.entry.stream, default: 0] += batch.0.entry.events
        }
    }
}
