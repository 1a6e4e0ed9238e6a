import BatchFormat

/// Where a batch lies in the raw store: `raw/{stream}/dt={date}/{device}/{epoch}/{sequence}.batch`.
public enum RawKey {
    /// The key of a batch that is merged; the date (UTC) is that of its sealing.
    public static func batch(_ manifest: Manifest) -> String {
        let identity = manifest.identity
        let date = CalendarDate(milliseconds: manifest.sealedAtMilliseconds)
        return "raw/\(manifest.stream)/dt=\(date)/\(identity.device)/\(identity.epoch)/\(identity.sequence).batch"
    }

    /// The key of a second batch of the same identity but other content, set aside for a person to look at.
    public static func quarantined(_ identity: BatchIdentity, manifestSHA256: String) -> String {
        "quarantine/\(identity.device)/\(identity.epoch)/\(identity.sequence)-\(manifestSHA256.prefix(16)).batch"
    }
}
