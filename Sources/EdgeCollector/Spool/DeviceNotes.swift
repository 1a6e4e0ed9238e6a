import SQLite

/// What `status` shows of the uplink, and the trusted floor: written together with receipts, or now and then.
struct DeviceNotes {
    /// Notes wait at most so long for the disk.
    static let interval: Duration = .seconds(10)

    private var floor: Int64 = 0
    private var contact: Int64?
    private var error: (text: String, milliseconds: Int64)?

    /// When the oldest unwritten note was taken; nil while all are on the disk.
    private(set) var unwrittenSince: Duration?

    /// The cloud has answered; `floor` is the time it vouches for, if it does.
    mutating func noteContact(floor: Int64?, at moment: Moment) {
        self.floor = max(self.floor, floor ?? 0)
        contact = moment.milliseconds
        error = nil
        touch(at: moment)
    }

    /// Something went wrong on the way to the cloud.
    mutating func noteError(_ text: String, at moment: Moment) {
        error = (String(text.prefix(500)), moment.milliseconds)
        touch(at: moment)
    }

    private mutating func touch(at moment: Moment) {
        if unwrittenSince == nil { unwrittenSince = moment.monotonic }
    }

    mutating func markWritten() {
        unwrittenSince = nil
    }

    func save(to database: SQLiteDatabase) throws {
        try database.statement(
            """
            UPDATE device SET floor_ms = max(floor_ms, ?), contact_ms = coalesce(?, contact_ms), error = ?, error_ms = ?
            """
        ).run([
            .integer(floor), SQLiteValue(contact), SQLiteValue(error?.text), SQLiteValue(error?.milliseconds),
        ])
    }
}
