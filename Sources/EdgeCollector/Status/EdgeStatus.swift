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
        var lines = [
            Self.line("device", enrolment.grant.device), Self.line("name", enrolment.name),
            Self.line("fleet", enrolment.grant.fleet), Self.line("cloud", enrolment.cloud.description),
            Self.line("running", StateLock.isHeld(state) ? "yes" : "no"),
        ]
        guard let database = try SpoolSchema.openToRead(in: state) else {
            return lines + [Self.line("spool", "empty, never used")]
        }
        lines += try uplink(database)
        for stream in try streams(database) { lines += try self.stream(stream, database) }
        return lines
    }

    private func uplink(_ database: SQLiteDatabase) throws -> [String] {
        let device = try database.prepare(
            "SELECT epoch, sequence, sealed, acknowledged, contact_ms, error, error_ms FROM device"
        ).firstRow()
        let backlog = try database.prepare("SELECT count(*), sum(frames_bytes) FROM batches WHERE state > 0").firstRow()
        var lines = [
            Self.line("epoch", device?[0].integer.map { "\($0), sequence \(device?[1].integer ?? 0)" } ?? "none yet"),
            Self.line("backlog", "\(Self.count(backlog?[0])) batches, \(Self.count(backlog?[1])) bytes"),
            Self.line("sealed", "\(Self.count(device?[2])) batches"),
            Self.line("acknowledged", "\(Self.count(device?[3])) batches"),
        ]
        lines += try deadLetters(database)
        lines += try quietHours()
        lines.append(Self.line("last contact", Self.time(device?[4])))
        if let error = device?[5].text { lines.append(Self.line("last error", "\(Self.time(device?[6])) \(error)")) }
        return lines
    }

    private func streams(_ database: SQLiteDatabase) throws -> [String] {
        try database.prepare("SELECT stream FROM streams UNION SELECT stream FROM batches ORDER BY 1").rows()
            .compactMap { $0[0].text }
    }

    private func stream(_ name: String, _ database: SQLiteDatabase) throws -> [String] {
        let totals = try database.prepare(
            "SELECT events, malformed, dead_letters, last_event_ms, resume_ms FROM streams WHERE stream = ?"
        ).firstRow([.text(name)])
        let open = try database.prepare(
            """
            SELECT events, malformed, last_ms, resume_ms FROM segments
            WHERE id >> \(Spool.segmentBits) IN (SELECT id FROM batches WHERE stream = ? AND state = 0)
            ORDER BY id DESC LIMIT 1
            """
        ).firstRow([.text(name)])
        let last = [totals?[3].integer, open?[2].integer].compactMap { $0 }.max()
        let resume = open?[3].integer ?? totals?[4].integer
        var slots = ModelSlots(stream: name, state: state)
        try slots.read()
        return [
            Self.line(
                "stream \(name)",
                "\(Self.count(totals?[0], open?[0])) events, \(Self.count(totals?[1], open?[1])) malformed, "
                    + "\(Self.count(totals?[2])) put aside"),
            Self.line("  last event", Self.time(SQLiteValue(last))),
            Self.line("  resume point", Self.time(SQLiteValue(resume))),
            Self.line("  model", slots.active.map { "version \($0.version)" } ?? "none"),
        ]
            + slots.rejected.map { Self.line("  rejected", "version \($0.version): \($0.reason)") }
    }

    static func line(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 16 - name.count)) + value
    }

    private static func count(_ values: SQLiteValue?...) -> Int64 {
        values.reduce(0) { $0 + ($1?.integer ?? 0) }
    }

    static func time(_ value: SQLiteValue?) -> String {
        value?.integer.map { EdgeLog.text(milliseconds: $0) } ?? "never"
    }
}
