import Transfer

/// What the edge offers on its own machine, all inside the one loop: the event feed, the metrics, and word to the service
/// manager.
package final class LocalOutputs {
    let feed: EventFeed?
    let metrics: MetricsServer?
    let service: ServiceNotifier
    private let settings: LocalSettings

    /// Binds what the settings name.
    ///
    /// - Parameter former: outputs whose sockets, and whoever is connected to them, are taken over where the settings name
    ///   the same.
    init(
        _ settings: LocalSettings, service: ServiceNotifier, former: LocalOutputs? = nil, log: EdgeLog
    ) throws(EdgeError) {
        self.settings = settings
        self.service = service
        if let feed = former?.feed, settings.socket == former?.settings.socket {
            self.feed = feed
        } else if let path = settings.socket {
            guard let address = UnixAddress(path) else {
                throw .system(action: "listen on", path: path, reason: "the path is not absolute or is too long")
            }
            feed = try EventFeed(address, log: log)
        } else {
            feed = nil
        }
        if let metrics = former?.metrics, settings.metrics == former?.settings.metrics {
            self.metrics = metrics
        } else {
            metrics = try settings.metrics.map { address throws(EdgeError) in try MetricsServer(address) }
        }
    }

    /// The descriptors to wait on until they have something to read.
    var reading: [Int32] { (feed?.reading ?? []) + (metrics?.reading ?? []) }
    /// The descriptors to wait on until they take bytes again.
    var writing: [Int32] { (feed?.writing ?? []) + (metrics?.writing ?? []) }
    /// When `tick` has something to do.
    var deadline: Duration? { earlier(metrics?.deadline, service.deadline) }

    /// Takes what the loop says; false where it is about somebody else's descriptor.
    func handle(_ event: TransferEvent, at moment: Moment) -> Bool {
        switch event {
        case .readable(let descriptor):
            if feed?.handle(readable: descriptor) == true { return true }
            return metrics?.handle(readable: descriptor, at: moment.monotonic) == true
        case .writable(let descriptor):
            return feed?.handle(writable: descriptor) == true || metrics?.handle(writable: descriptor) == true
        default: return false
        }
    }

    /// The last thing in a turn of the loop.
    func tick(at moment: Moment, status: @autoclosure () -> String) {
        feed?.flush()
        metrics?.tick(at: moment.monotonic)
        service.tick(at: moment.monotonic, status: status())
    }
}
