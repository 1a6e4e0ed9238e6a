import Cryptography
import FleetProtocol
import SQLite

extension FleetStore {
    /// How long an invitation is good unless told otherwise.
    public static let invitationLifetime = Duration.seconds(24 * 3600)

    /// Why an invitation's token is not taken.
    enum TokenRefusal: Error, Hashable {
        case unknown, expired, used
    }

    /// Makes an invitation. One with a name is personal: whoever uses it is accepted at once, under that name.
    public func invite(name: String?, lifetime: Duration, at now: Int64) throws -> EnrolmentToken {
        let token = EnrolmentToken()
        let expires = now + lifetime.components.seconds * 1000
        try database.transaction {
            try database.statement("DELETE FROM invitations WHERE used_by IS NULL AND expires_ms < ?")
                .run([.integer(now)])
            try database.statement("INSERT INTO invitations VALUES (?, ?, ?, ?, NULL)")
                .run([.blob(token.sha256), SQLiteValue(name), .integer(now), .integer(expires)])
        }
        return token
    }

    /// Lets the owner of `key` join with an invitation's token.
    ///
    /// A token is good for one key. The same key may ask again, since the answer to its first request may have been
    /// lost; it gets the same device. A device that is known keeps its state, unless a personal token accepts it.
    func enrol(token: EnrolmentToken, key: PublicKey, name: String, at now: Int64) throws -> Device {
        try database.transaction {
            let identifier = key.deviceIdentifier
            let row = try database.statement(
                "SELECT name, expires_ms, used_by FROM invitations WHERE token_sha256 = ?"
            ).firstRow([.blob(token.sha256)])
            guard let row else { throw TokenRefusal.unknown }
            guard row[2].text == nil || row[2].text == identifier else { throw TokenRefusal.used }
            guard (row[1].integer ?? 0) >= now else { throw TokenRefusal.expired }

            let personalName = row[0].text
            let state: DeviceState = personalName == nil ? .pending : .accepted
            try database.statement(
                """
                INSERT INTO devices (device, public_key, name, state, enrolled_ms) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (device) DO UPDATE SET name = excluded.name,
                    state = CASE WHEN state = 'pending' THEN excluded.state ELSE state END
                """
            ).run([
                .text(identifier), .blob(key.bytes), .text(personalName ?? String(name.prefix(100))),
                .text(state.rawValue), .integer(now),
            ])
            try database.statement("UPDATE invitations SET used_by = ? WHERE token_sha256 = ?")
                .run([.text(identifier), .blob(token.sha256)])
            guard let device = try device(identifier) else { throw CloudError.noSuchDevice(identifier, matches: 0) }
            return device
        }
    }
}
