import Warehouse

/// Lists and publishes models.
public struct ModelJob {
    private let configuration: CloudConfiguration
    private let state: StateFolder
    private let store: FleetStore

    /// Opens the fleet's database.
    public init(_ configuration: CloudConfiguration) throws {
        self.configuration = configuration
        state = try StateFolder(configuration.state)
        store = try FleetStore(path: state.fleet)
    }

    /// The models as text.
    public func list(format: RowFormat) throws -> String {
        let rows: [[WarehouseValue]] = try store.models().map { model in
            [
                .text(model.stream), .integer(model.version), .integer(model.trainedMilliseconds),
                WarehouseValue(model.publishedMilliseconds), .integer(model.events), .real(model.progressiveLogLoss),
                .real(model.baseRateLogLoss), .text(model.state),
            ]
        }
        let columns = [
            "stream", "version", "trained_ms", "published_ms", "events", "progressive_log_loss", "base_rate_log_loss",
            "state",
        ]
        return format.text(columns: columns, rows: rows)
    }

    /// Publishes a model, see `PublishJob`.
    public func publish(
        stream: String?, version: Int64?, isForced: Bool, clock: WallClock = .system
    ) throws -> FleetModel {
        let plan = try configuration.learningPlan(named: stream)
        let key = try KeyRing.releaseKey(configuration)
        return try PublishJob(store: store, state: state, key: key)
            .publish(stream: plan.name, version: version, isForced: isForced, at: clock.milliseconds)
    }
}

extension FleetModel {
    /// What can be said of it in a few words.
    fileprivate var state: String {
        if publishedMilliseconds != nil { return "published" }
        return switch verdict {
        case .publish: "candidate"
        case .keep(let reason): "kept: \(reason)"
        }
    }
}
