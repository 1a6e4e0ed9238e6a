import Cryptography
import FleetProtocol
import SQLite

extension FleetStore {
    private static let columns = """
        device, public_key, name, state, enrolled_ms, epoch, last_contact_ms,
        (SELECT group_concat(flag) FROM device_flags WHERE device_flags.device = devices.device)
        """

    /// All devices, the first enrolled first.
    public func devices() throws -> [Device] {
        let sql = "SELECT \(Self.columns) FROM devices ORDER BY enrolled_ms, device"
        return try database.statement(sql).rows().map(Self.device)
    }

    /// The device of that identifier.
    public func device(_ identifier: String) throws -> Device? {
        let sql = "SELECT \(Self.columns) FROM devices WHERE device = ?"
        return try database.statement(sql).firstRow([.text(identifier)]).map(Self.device)
    }

    /// The one device whose identifier begins with `prefix`, or whose name it is.
    public func device(called prefix: String) throws -> Device {
        let all = try devices()
        if let exact = all.first(where: { $0.identifier == prefix }) { return exact }
        let found = all.filter { $0.name == prefix || $0.identifier.hasPrefix(prefix) }
        guard let device = found.first, found.count == 1, !prefix.isEmpty else {
            throw CloudError.noSuchDevice(prefix, matches: prefix.isEmpty ? 0 : found.count)
        }
        return device
    }

    /// Accepts or revokes a device. Revoking is for ever.
    public func setState(_ state: DeviceState, of identifier: String) throws {
        try database.transaction {
            guard let device = try device(identifier) else { throw CloudError.noSuchDevice(identifier, matches: 0) }
            guard device.state != .revoked || state == .revoked, state != .pending else {
                throw CloudError.wrongState(device: identifier, state: device.state, wanted: state)
            }
            try database.statement("UPDATE devices SET state = ? WHERE device = ?")
                .run([.text(state.rawValue), .text(identifier)])
        }
    }

    /// Revokes a device, and removes what is known of it beyond its key and its epochs.
    func forget(_ identifier: String) throws {
        try setState(.revoked, of: identifier)
        try database.transaction {
            for sql in [
                "UPDATE devices SET name = '', last_contact_ms = NULL WHERE device = ?",
                "UPDATE invitations SET name = NULL WHERE used_by = ?", "DELETE FROM device_flags WHERE device = ?",
            ] { try database.statement(sql).run([.text(identifier)]) }
        }
    }

    /// Gives the device its next epoch.
    func issueEpoch(to identifier: String) throws -> Int64 {
        try database.transaction {
            let row = try database.statement(
                "UPDATE devices SET epoch = epoch + 1 WHERE device = ? AND state = 'accepted' RETURNING epoch"
            ).rows([.text(identifier)]).first
            guard let epoch = row?.first?.integer else { throw CloudError.noSuchDevice(identifier, matches: 0) }
            return epoch
        }
    }

    /// Marks the device for an operator to look at; the first time counts.
    func flag(_ identifier: String, _ flag: DeviceFlag, detail: String, at now: Int64) throws {
        try database.statement("INSERT OR IGNORE INTO device_flags VALUES (?, ?, ?, ?)")
            .run([.text(identifier), .text(flag.rawValue), .text(detail), .integer(now)])
    }

    /// Remembers when devices were last heard of.
    func note(contacts: [String: Int64]) throws {
        try database.transaction {
            let statement = try database.statement("UPDATE devices SET last_contact_ms = ? WHERE device = ?")
            for (device, milliseconds) in contacts {
                try statement.run([.integer(milliseconds), .text(device)])
            }
        }
    }

    private static func device(_ row: [SQLiteValue]) throws -> Device {
        let flags = (row[7].text ?? "").split(separator: ",").compactMap { DeviceFlag(rawValue: String($0)) }
        return Device(
            identifier: row[0].text ?? "", key: try PublicKey(bytes: row[1].blob ?? []), name: row[2].text ?? "",
            state: DeviceState(rawValue: row[3].text ?? "") ?? .revoked, enrolledMilliseconds: row[4].integer ?? 0,
            epoch: row[5].integer ?? 0, lastContactMilliseconds: row[6].integer,
            flags: flags.sorted { $0.rawValue < $1.rawValue })
    }
}
