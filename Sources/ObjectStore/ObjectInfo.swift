/// What a listing tells of an object.
public struct ObjectInfo: Hashable, Sendable {
    /// The key.
    public let key: String
    /// Its length.
    public let byteCount: Int64
    /// When it was put, in milliseconds since 1970, as the store's clock says.
    public let modifiedMilliseconds: Int64

    /// What a listing tells.
    public init(key: String, byteCount: Int64, modifiedMilliseconds: Int64) {
        self.key = key
        self.byteCount = byteCount
        self.modifiedMilliseconds = modifiedMilliseconds
    }
}
