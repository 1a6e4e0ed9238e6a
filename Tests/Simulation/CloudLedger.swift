import BatchFormat
import FleetProtocol
import JSON
import StreamDefinition
import Warehouse

/// What the simulated cloud has merged, by batch and by message; in some runs the real warehouse merges it too.
final class CloudLedger {
    /// A batch that was merged.
    struct Entry {
        let manifest: Manifest
        /// The place in the order of arrival.
        let arrival: Int
    }

    private let source: SimulatedSource
    private let warehouse: (any Warehouse)?
    private let plan: StreamPlan
    /// By device, the batches by epoch and sequence.
    private(set) var batches: [[BatchIdentity: Entry]]
    /// By device, how often each message of the source has come.
    private(set) var counts: [[Int: Int]]
    /// Events that no source has ever sent.
    private(set) var invented = 0
    /// Second contents for an identity, by device.
    private(set) var conflicts: [Int]
    /// What must never happen, in words.
    private(set) var complaints: [String] = []
    /// Each distinct event, for the tables as they must be.
    private var distinct: [UInt64: [UInt8]] = [:]

    /// - Parameter usesWarehouse: whether all is merged into real tables, in memory, as well.
    init(source: SimulatedSource, devices: Int, plan: StreamPlan, usesWarehouse: Bool) throws {
        (self.source, self.plan) = (source, plan)
        warehouse = usesWarehouse ? try Self.emptyWarehouse(plan) : nil
        batches = Array(repeating: [:], count: devices)
        counts = Array(repeating: [:], count: devices)
        conflicts = [Int](repeating: 0, count: devices)
    }

    private static func emptyWarehouse(_ plan: StreamPlan) throws -> any Warehouse {
        try WarehouseLocation.sqlite(path: ":memory:").open([plan], access: .readWrite)
    }

    /// How many batches were merged.
    var batchCount: Int { batches.reduce(0) { $0 + $1.count } }

    /// Notes what must never happen.
    func complain(_ text: String) {
        if complaints.count < 5 { complaints.append(text) }
    }

    /// Merges a batch; nil where its identity has another content.
    func enter(_ manifest: Manifest, events: [UInt8], device: Int) throws -> Receipt.Result? {
        let known = batches[device][manifest.identity]
        if let known, known.manifest.sha256 != manifest.sha256 {
            conflicts[device] += 1
            return nil
        }
        let outcome = try warehouse.map { try merge(manifest, events, into: $0) }
        if let outcome, (outcome == .merged) != (known == nil) { complain("ledger and warehouse do not agree") }
        guard known == nil else { return .duplicate }
        batches[device][manifest.identity] = Entry(manifest: manifest, arrival: batchCount)
        var count: Int64 = 0
        EventLines(events).forEach { line in
            count += 1
            let fingerprint = StreamMessage.fingerprint(line)
            guard let place = source.places[fingerprint] else {
                invented += 1
                return
            }
            counts[device][place, default: 0] += 1
            if warehouse != nil { distinct[fingerprint] = Array(line) }
        }
        if count != manifest.events { complain("a manifest counts \(manifest.events) events, not \(count)") }
        return .merged
    }

    /// Whether the warehouse's tables are those that the events alone make; nil where there is no warehouse.
    func tablesAreRight() throws -> Bool? {
        guard let warehouse else { return nil }
        var builder = DeltaBuilder(plan: plan)
        let parser = try JSONParser(maximumDepth: JSONParser.eventDepth)
        for (_, line) in distinct.sorted(by: { $0.key < $1.key }) { try add(line, to: &builder, parser) }
        let direct = try Self.emptyWarehouse(plan)
        let entry = LedgerEntry(
            device: "direct", epoch: 1, sequence: 1, stream: plan.name, manifestSHA256: [], manifest: [], events: 0,
            malformed: 0, receivedMilliseconds: 0, rawKey: "")
        _ = try direct.merge([BatchContribution(entry: entry, delta: builder.finish())])
        return try direct.digests() == warehouse.digests()
    }

    private func merge(
        _ manifest: Manifest, _ events: [UInt8], into warehouse: any Warehouse
    ) throws -> MergeReport.Outcome {
        var builder = DeltaBuilder(plan: plan)
        let parser = try JSONParser(maximumDepth: JSONParser.eventDepth)
        try EventLines(events).forEach { try add(Array($0), to: &builder, parser) }
        let identity = manifest.identity
        let entry = LedgerEntry(
            device: identity.device, epoch: identity.epoch, sequence: identity.sequence, stream: manifest.stream,
            manifestSHA256: manifest.sha256, manifest: manifest.json, events: manifest.events, malformed: 0,
            receivedMilliseconds: 0, rawKey: "")
        return try warehouse.merge([BatchContribution(entry: entry, delta: builder.finish())]).outcomes[0]
    }

    private func add(_ line: [UInt8], to builder: inout DeltaBuilder, _ parser: JSONParser) throws {
        do {
            try parser.parse(line) { try builder.add($0) }
        } catch JSONError.malformed {
            return
        } catch is MappingError {
            return
        }
    }
}
