import ConfigurationFile

/// Runs an edge by a configuration file, and on SIGHUP puts one by the changed file in its place: all or nothing.
///
/// The file and all it names are read and checked, and new local sockets bound, while the edge that runs stays as it is;
/// where anything is wrong, that is logged and the edge goes on. Only then what is in memory is sealed and an edge by the
/// new configuration takes over: the same process, state directory and spool, the local sockets that have not changed, and
/// whoever is connected to them. Every stream is connected again, and what it missed meanwhile is fetched, as after any
/// interruption. Everything in the file may change but the state directory.
public final class EdgeRunner {
    private let path: String
    private let announce: (_ metricsAddress: String) -> Void
    private var configuration: EdgeConfiguration
    private var log: EdgeLog
    private var edge: Edge?
    private var announced: String?

    /// Reads the configuration and makes the edge ready to run.
    ///
    /// - Parameter announce: told of the address that metrics are served on, and of each other one after a reload.
    public init(
        configuration path: String, announce: @escaping (_ metricsAddress: String) -> Void = { _ in }
    ) throws {
        self.path = path
        self.announce = announce
        configuration = try EdgeConfiguration(contentsOf: path)
        log = EdgeLog(level: configuration.logLevel)
        edge = try Edge(configuration, in: .machine(), log: log)
        announceMetrics()
    }

    /// Runs until SIGTERM or SIGINT; what is in memory is then written down and sealed.
    public func run(signals: SignalPipe) throws {
        while try edge?.run(signals: signals) == .reloadWanted { try reload() }
    }

    private func reload() throws {
        guard let former = edge?.local else { return }
        former.service.reloading()
        let next: EdgeConfiguration
        let local: LocalOutputs
        do {
            next = try EdgeConfiguration(contentsOf: path)
            try check(next)
            local = try LocalOutputs(next.local, service: former.service, former: former, log: log)
        } catch let errors as ConfigurationErrors {
            for error in errors.errors { log(.error, "The configuration is not taken over: \(error).") }
            return
        } catch {
            return log(.error, "The configuration is not taken over: \(error).")
        }
        try edge?.noticingDamage { try edge?.finish() }
        if edge?.spool.writeFailure != nil {
            return log(.error, "The configuration is not taken over: what is in memory cannot be written down now.")
        }
        edge = nil
        do {
            let log = EdgeLog(level: next.logLevel)
            edge = try Edge(next, in: .machine(), local: local, log: log)
            (configuration, self.log) = (next, log)
            log(.notice, "The configuration was read again.")
            announceMetrics()
        } catch {
            log(.error, "The edge cannot run by the new configuration, it goes on by the old one: \(error).")
            edge = try Edge(configuration, in: .machine(), local: former, log: log)
        }
    }

    private func check(_ next: EdgeConfiguration) throws(EdgeError) {
        guard next.state.path == configuration.state.path else {
            throw .notReloadable(
                reason: "the state directory is \(configuration.state.path) and cannot become \(next.state.path)")
        }
    }

    private func announceMetrics() {
        guard let address = edge?.metricsAddress, address != announced else { return }
        announced = address
        announce(address)
    }
}
