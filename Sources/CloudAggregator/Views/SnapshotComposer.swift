import BatchFormat
import JSON
import StreamDefinition
import Warehouse

/// Puts the snapshot together from the warehouse and the fleet.
struct SnapshotComposer: Sendable {
    /// The devices that a snapshot shows, those heard of last first in line.
    static let edgeLimit = 500
    /// The regions and categories that a snapshot shows.
    static let tallyLimit = 15

    let fleetName: String
    let plans: [StreamPlan]
    let reader: WarehouseReader
    let fleet: Fleet

    /// The snapshot of this moment.
    func snapshot(rates: RateMeters, asOf milliseconds: Int64) async throws -> Snapshot {
        let view = try await reader.view()
        let models = try await fleet.publishedModels()
        let all = zip(plans, view.counters)
        let inOrder = all.filter { $0.0.learning != nil } + all.filter { $0.0.learning == nil }
        let streams = inOrder.map { plan, counters in
            StreamFigures(
                plan, counters, rate: rates.series(of: plan.name, at: milliseconds),
                model: models.first { $0.stream == plan.name })
        }
        return Snapshot(
            asOfMilliseconds: milliseconds, watermark: view.watermark, fleet: fleetName, streams: streams,
            edges: try await edges(view))
    }

    private func edges(_ view: WarehouseReader.View) async throws -> [EdgeStatus] {
        let all = try await fleet.devices().map { device in
            let batch = view.batches[device.identifier]
            return EdgeStatus(
                device: device.identifier, name: device.name, state: device.state,
                lastContactMilliseconds: device.lastContactMilliseconds, report: batch.map(EdgeStatus.Report.init),
                gaps: view.gaps[device.identifier] ?? 0, flags: device.flags.map(\.rawValue))
        }
        let latest = all.sorted { $0.lastContactMilliseconds ?? 0 > $1.lastContactMilliseconds ?? 0 }
        return latest.prefix(Self.edgeLimit).sorted { ($0.name, $0.device) < ($1.name, $1.device) }
    }
}

extension EdgeStatus.Report {
    fileprivate init(_ batch: WarehouseReader.LatestBatch) {
        self.init(
            backlogBatches: batch.entry.backlogBatches, backlogBytes: batch.entry.backlogBytes,
            epoch: batch.manifest.identity.epoch, sequence: batch.manifest.identity.sequence,
            clock: batch.manifest.clock.rawValue, modelVersion: batch.scoring?.modelVersion,
            logLoss: batch.scoring?.logLoss)
    }
}

extension StreamFigures {
    fileprivate init(_ plan: StreamPlan, _ counters: LiveCounters, rate: RateSeries, model: FleetModel?) {
        self.init(
            stream: plan.name, events: counters.events, revisions: counters.revisions, malformed: counters.malformed,
            rate: rate, titles: Titles(plan.measures),
            split: counters.split.sorted { $0.key < $1.key }.map { .init(key: $0.key, label: $0.key, count: $0.value) },
            regions: counters.regions.map(Tally.init), categories: counters.categories.map(Tally.init),
            model: model.map(ModelStatus.init))
    }
}

extension StreamFigures.Titles {
    fileprivate init(_ measures: Measures?) {
        func title(_ measure: Measures.Measure?) -> String? {
            measure.map { ($0.each ?? JSONPath($0.path.description)).description }
        }
        self.init(
            split: title(measures?.split), regions: title(measures?.regions), categories: title(measures?.categories))
    }
}

extension StreamFigures.ModelStatus {
    fileprivate init(_ model: FleetModel) {
        self.init(
            version: model.version, progressiveLogLoss: model.progressiveLogLoss,
            baseRateLogLoss: model.baseRateLogLoss)
    }
}

extension StreamFigures.Tally {
    fileprivate init(_ entry: LiveCounters.Entry) {
        self.init(key: entry.value, label: entry.label ?? entry.value, count: entry.count)
    }
}
