import FleetProtocol
import SQLite

/// What the state directory says about an edge, whether it runs or not; reading changes nothing.
public struct EdgeStatus {
    let state: StateDirectory
    let quiet: QuietHours

    /// The status in that state directory.
    ///
    /// - Parameter quiet: the quiet hours of the configuration.
    public init(state: StateDirectory, quiet: QuietHours = .none) {
        self.state = state
        self.quiet = quiet
    }

    /// The lines that `waystation-edge status` prints: a name, blanks and a value each.
    public func lines() throws -> [String] {
        guard let enrolment = try Enrolment.load(from: state) else {
            return [Self.line("device", "not enrolled"), Self.line("state", state.path)]
        }
        let lines = [
            Self.line("device", enrolment.grant.device), Self.line("name", enrolment.name),
            Self.line("fleet", enrolment.grant.fleet), Self.line("cloud", enrolment.cloud.description),
            Self.line("running", isRunning ? "yes" : "no"),
        ]
        guard let database = try database() else { return lines + [Self.line("spool", "empty, never used")] }
        let report = try EdgeReport(database, state: state)
        let holding = isRunning && report.isHolding ? [Self.line("in memory", Self.holdingNote)] : []
        let notes = try deadLetters(database) + quietHours()
        return lines + holding + Self.uplink(report, letters: notes) + report.streams.flatMap { Self.stream($0) }
    }

    private static let holdingNote =
        "what the cloud takes at once (durability = when-offline); these figures are up to two minutes old"

    /// Whether a process holds the state directory.
    var isRunning: Bool { StateLock.isHeld(state) }

    /// The spool's database; nil before there is one.
    func database() throws -> SQLiteDatabase? {
        try SpoolSchema.openToRead(in: state)
    }

    private static func uplink(_ report: EdgeReport, letters: [String]) -> [String] {
        var lines = [
            line("epoch", report.epoch.map { "\($0), sequence \(report.sequence)" } ?? "none yet"),
            line("backlog", "\(report.backlogBatches) batches, \(report.backlogBytes) bytes"),
            line("sealed", "\(report.sealed) batches"),
            line("acknowledged", "\(report.acknowledged) batches"),
        ]
        lines += letters
        lines.append(line("last contact", time(report.contactMilliseconds)))
        if let error = report.error { lines.append(line("last error", "\(time(report.errorMilliseconds)) \(error)")) }
        return lines
    }

    private static func stream(_ stream: EdgeReport.Stream) -> [String] {
        [
            line(
                "stream \(stream.name)",
                "\(stream.events) events, \(stream.malformed) malformed, \(stream.setAside) put aside"),
            line("  last event", time(stream.lastEventMilliseconds)),
            line("  resume point", time(stream.resumeMilliseconds)),
            line("  model", stream.modelVersion.map { "version \($0)" } ?? "none"),
        ]
            + stream.rejected.map { line("  rejected", "version \($0.version): \($0.reason)") }
    }

    static func line(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 16 - name.count)) + value
    }

    static func time(_ milliseconds: Int64?) -> String {
        milliseconds.map { EdgeLog.text(milliseconds: $0) } ?? "never"
    }
}
