import FleetProtocol
import SQLite

/// What brings a fleet's database that was put back to an older state up to what has been promised since.
extension FleetStore {
    /// Brings a device up to what is recorded of it; one that is not known is entered.
    func adopt(_ device: Device) throws {
        try database.statement(
            """
            INSERT INTO devices (device, public_key, name, state, enrolled_ms, epoch) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (device) DO UPDATE SET name = excluded.name, state = excluded.state,
                epoch = max(epoch, excluded.epoch)
            """
        ).run([
            .text(device.identifier), .blob(device.key.bytes), .text(device.name), .text(device.state.rawValue),
            .integer(device.enrolledMilliseconds), .integer(device.epoch),
        ])
    }

    /// Never again issues an epoch up to that one to the device.
    func raiseEpoch(of identifier: String, to epoch: Int64) throws {
        try database.statement("UPDATE devices SET epoch = ?2 WHERE device = ?1 AND epoch < ?2")
            .run([.text(identifier), .integer(epoch)])
    }

    /// Makes all invitations void that nobody has used, as far as is known here: they may have been used since.
    /// - Returns: how many there were.
    func withdrawInvitations() throws -> Int {
        try database.statement("DELETE FROM invitations WHERE used_by IS NULL").run()
        return database.changes
    }
}
