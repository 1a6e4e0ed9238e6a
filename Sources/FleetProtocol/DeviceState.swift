/// Whether a device may upload.
public enum DeviceState: String, Hashable, Sendable {
    /// It waits for `device accept`.
    case pending
    /// It may.
    case accepted
    /// It never may again.
    case revoked
}
