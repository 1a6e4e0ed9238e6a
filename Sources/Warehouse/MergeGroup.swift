import StreamDefinition

/// Batches that are merged in one transaction: what became of each, and what the new ones change, by stream.
struct MergeGroup {
    /// For each batch, in the order given.
    private(set) var outcomes: [MergeReport.Outcome] = []
    private let deltas: [String: OrderedDelta]
    private var tallies: [String: LiveTally] = [:]

    /// Enters batches of those streams into the ledger by `enter`, and takes what is new.
    init(
        _ group: BatchGroup, of plans: [StreamPlan], enter: (LedgerEntry) throws -> MergeReport.Outcome
    ) throws {
        var new: [BatchContribution] = []
        for contribution in group.contributions {
            let stream = contribution.delta.stream.name
            guard plans.contains(where: { $0.name == stream }) else { throw WarehouseError.unknownStream(stream) }
            let outcome = try enter(contribution.entry)
            for other in contribution.others where try outcome != .merged || enter(other) != .merged {
                throw WarehouseError.inseparable(device: other.device, epoch: other.epoch, sequence: other.sequence)
            }
            outcomes.append(outcome)
            guard outcome == .merged else { continue }
            new.append(contribution)
            for entry in contribution.entries {
                tallies[stream, default: LiveTally()].events += entry.events
                tallies[stream, default: LiveTally()].malformed += entry.malformed
            }
        }
        deltas = (new.count == outcomes.count ? group : BatchGroup(new)).deltas
    }

    /// Whether no batch was new.
    var isEmpty: Bool { deltas.isEmpty }

    /// Hands over what each stream's new batches change, without the rows of whoever that warehouse has forgotten.
    func forEachStream(
        in warehouse: some Warehouse, _ body: (inout OrderedDelta, inout LiveTally) throws -> Void
    ) throws {
        for plan in warehouse.plans {
            guard var delta = deltas[plan.name], var tally = tallies[plan.name] else { continue }
            if let forgotten = try ForgottenSubjects(of: plan, in: warehouse)?.values(in: delta.delta) {
                delta = OrderedDelta(delta.delta.without(forgotten))
            }
            try body(&delta, &tally)
        }
    }
}
