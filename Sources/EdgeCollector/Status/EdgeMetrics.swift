/// Everything that is measured on a running edge, by name; `edge/README.md` lists them for operators.
///
/// Counts of events and batches are those of the spool: they include what was written down, and go on over restarts. The
/// others begin with the process.
struct EdgeMetrics {
    /// What only the running process knows of a stream.
    struct Source {
        var stream: String
        var isConnected: Bool
        var reconnects: Int64
        var modelVersion: Int64
        var loss: (sum: Double, count: Int64)
    }

    /// What only the running process knows of the spool.
    struct Disk {
        var usedBytes: Int
        var quotaBytes: Int
        var isAccepting: Bool
        var missing: [Spool.Missing: Spool.MissingCount]
    }

    var device: String
    var fleet: String
    var report: EdgeReport
    var sources: [Source]
    var disk: Disk
    var feed: (subscribers: Int, droppedLines: Int64)?

    /// The metrics as `/metrics` shows them.
    var text: [UInt8] {
        var text = MetricsText()
        text.add(
            "waystation_edge_info", .gauge, "Which device of which fleet this is.",
            [.init(labels: ["device": device, "fleet": fleet], value: 1)])
        addStreams(to: &text)
        addUplink(to: &text)
        addDisk(to: &text)
        if let feed {
            text.add(
                "waystation_edge_feed_subscribers", .gauge, "Readers of the event feed.", feed.subscribers)
            text.add(
                "waystation_edge_feed_dropped_lines_total", .counter,
                "Lines that slow readers of the feed have missed.",
                feed.droppedLines)
        }
        return text.bytes
    }

    private func addStreams(to text: inout MetricsText) {
        let streams = report.streams
        text.add("waystation_edge_events_total", .counter, "Events written down.", each(streams) { $0.events })
        text.add(
            "waystation_edge_malformed_total", .counter, "Lines among the events that are no JSON document.",
            each(streams) { $0.malformed })
        text.add(
            "waystation_edge_dead_letters_total", .counter, "Messages and batches that were put aside.",
            each(streams) { $0.setAside })
        text.add(
            "waystation_edge_last_event_timestamp_seconds", .gauge, "The greatest time an event has carried.",
            streams.compactMap { stream in
                stream.lastEventMilliseconds.map {
                    .init(labels: ["stream": stream.name], value: Double($0) / 1000)
                }
            })
        text.add(
            "waystation_edge_source_connected", .gauge, "Whether the source is connected, 1 or 0.",
            each(sources) { $0.isConnected ? 1 : 0 })
        text.add(
            "waystation_edge_source_reconnects_total", .counter, "Times the source was connected again.",
            each(sources) { $0.reconnects })
        text.add(
            "waystation_edge_model_version", .gauge, "The version of the active model, 0 without one.",
            each(sources) { $0.modelVersion })
        text.add(
            "waystation_edge_log_loss_nats", .summary, "The log loss of scored events, each scored before its label.",
            sources.flatMap { source in
                [
                    MetricsText.Sample(suffix: "_sum", labels: ["stream": source.stream], value: source.loss.sum),
                    MetricsText.Sample(
                        suffix: "_count", labels: ["stream": source.stream], value: Double(source.loss.count)),
                ]
            })
    }

    private func addUplink(to text: inout MetricsText) {
        text.add(
            "waystation_edge_backlog_batches", .gauge, "Batches that wait for their receipt.", report.backlogBatches)
        text.add("waystation_edge_backlog_bytes", .gauge, "The bytes of their frames.", report.backlogBytes)
        text.add("waystation_edge_batches_sealed_total", .counter, "Batches that were sealed.", report.sealed)
        text.add(
            "waystation_edge_batches_acknowledged_total", .counter, "Batches whose receipt has come.",
            report.acknowledged)
        if let contact = report.contactMilliseconds {
            text.add(
                "waystation_edge_last_contact_timestamp_seconds", .gauge, "When the cloud last answered.",
                [.init(value: Double(contact) / 1000)])
        }
    }

    private func addDisk(to text: inout MetricsText) {
        text.add("waystation_edge_spool_bytes", .gauge, "The bytes the spool takes on the disk.", disk.usedBytes)
        text.add("waystation_edge_spool_quota_bytes", .gauge, "The bytes it may take.", disk.quotaBytes)
        text.add(
            "waystation_edge_spool_accepting", .gauge, "Whether the spool takes events, 1 or 0.",
            disk.isAccepting ? 1 : 0)
        let missing = disk.missing.sorted { ($0.key.stream, $0.key.reason) < ($1.key.stream, $1.key.reason) }
        text.add(
            "waystation_edge_gaps_total", .counter, "Gaps that were declared to the cloud.",
            missing.map { .init(labels: ["stream": $0.stream, "reason": $0.reason], value: Double($1.gaps)) })
        text.add(
            "waystation_edge_gap_events_total", .counter, "Events known to be missing in them.",
            missing.map { .init(labels: ["stream": $0.stream, "reason": $0.reason], value: Double($1.events)) })
    }

    private func each(_ streams: [EdgeReport.Stream], _ value: (EdgeReport.Stream) -> Int64) -> [MetricsText.Sample] {
        streams.map { .init(labels: ["stream": $0.name], value: Double(value($0))) }
    }

    private func each(_ sources: [Source], _ value: (Source) -> Int64) -> [MetricsText.Sample] {
        sources.map { .init(labels: ["stream": $0.stream], value: Double(value($0))) }
    }
}
