/// What the running edge says about itself on its own machine.
extension Edge {
    /// Where the metrics are served, the port the system chose included; nil where they are not.
    var metricsAddress: String? { local.metrics?.address }

    func metrics() throws -> EdgeMetrics {
        var report = try EdgeReport(spool.database, state: configuration.state)
        report.add(spool.held)
        return EdgeMetrics(
            device: link.grant.device, fleet: link.grant.fleet, report: report,
            sources: collectors.map { collector in
                let scorer = scorers[collector.name]
                return EdgeMetrics.Source(
                    stream: collector.name, isConnected: collector.isConnected, reconnects: collector.reconnects,
                    modelVersion: scorer?.version ?? 0, loss: scorer?.totalLoss ?? (0, 0))
            },
            disk: .init(
                usedBytes: try spool.usedBytes(), quotaBytes: configuration.spool.quotaBytes,
                isAccepting: spool.isAccepting, missing: spool.missing),
            feed: local.feed.map { ($0.subscriberCount, $0.droppedLines) })
    }

    /// Whether nothing is known to be missing that a source could still tell.
    package var isCaughtUp: Bool {
        collectors.allSatisfy { ($0 as? StreamCollector)?.isCaughtUp ?? true }
    }

    var ailment: String? {
        if let failure = spool.writeFailure { return "Nothing can be written down: \(failure)." }
        return spool.isAccepting ? nil : "The spool is full."
    }

    /// How the edge is, for the service manager.
    var sentence: String {
        let connected = collectors.count { $0.isConnected }
        let waiting = "\(spool.backlog.batches) batches (\(spool.backlog.bytes) bytes) wait for the cloud."
        return ailment ?? "\(connected) of \(collectors.count) streams connected; \(waiting)"
    }
}
