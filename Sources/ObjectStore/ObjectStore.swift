/// Keeps whole objects under keys: a directory, or a bucket of S3.
///
/// What every store guarantees:
///
/// - A `put` that returns is durable. An object appears whole or not at all, also when the program is killed.
/// - Keys are paths such as `raw/rsvps/1.batch`, see `ObjectKey`; no key is the folder of another.
/// - `list` goes in the order of the keys' bytes.
/// - What the world can cure by itself, such as a store out of reach for a while, is `ObjectStoreError.unreachable`.
///
/// Calls block; they may come from several threads at once.
public protocol ObjectStore: Sendable {
    /// Where the objects lie, for people: a folder's path or a bucket's address.
    var place: String { get }

    /// Keeps `bytes` under `key`.
    @discardableResult
    func put(_ bytes: [UInt8], key: String, _ condition: PutCondition) throws(ObjectStoreError) -> PutOutcome

    /// Keeps the content of the file at `path` under `key`, in place of what is there. The file may be large: it is
    /// never held in memory as a whole.
    func put(file path: String, key: String) throws(ObjectStoreError)

    /// The bytes under `key`; throws `notFound` where nothing is.
    func get(_ key: String) throws(ObjectStoreError) -> [UInt8]

    /// Writes the bytes under `key` into a file at `path`, in place of what is there, and syncs it. Where that fails, no
    /// file is left.
    func get(_ key: String, to path: String) throws(ObjectStoreError)

    /// Tells of each object whose key begins with `prefix` and comes after the key `after`, until `body` returns false.
    ///
    /// Objects that come or go meanwhile may be told of or not.
    func list(prefix: String, after: String?, _ body: (ObjectInfo) throws -> Bool) throws

    /// Removes what is under `key`; nothing happens where nothing is.
    func delete(_ key: String) throws(ObjectStoreError)

    /// Removes what puts have left behind that were cut off by the end of their program; returns how many there were.
    @discardableResult
    func sweep() throws(ObjectStoreError) -> Int
}
