import ObjectStore
import Synchronization

/// A store in which everything fails from a call on, as after a power cut.
final class FaultyStore: ObjectStore {
    private let store: any ObjectStore
    private let callsLeft: Mutex<Int>

    init(_ store: any ObjectStore, calls: Int) {
        self.store = store
        callsLeft = Mutex(calls)
    }

    var place: String { store.place }

    private func count() throws(ObjectStoreError) {
        let isWorking = callsLeft.withLock { calls in
            calls -= 1
            return calls >= 0
        }
        guard isWorking else { throw .full(path: "made to fail") }
    }

    func put(_ bytes: [UInt8], key: String, _ condition: PutCondition) throws(ObjectStoreError) -> PutOutcome {
        try count()
        return try store.put(bytes, key: key, condition)
    }

    func put(file path: String, key: String) throws(ObjectStoreError) {
        try count()
        try store.put(file: path, key: key)
    }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        try count()
        return try store.get(key)
    }

    func get(_ key: String, to path: String) throws(ObjectStoreError) {
        try count()
        try store.get(key, to: path)
    }

    func list(prefix: String, after: String?, _ body: (ObjectInfo) throws -> Bool) throws {
        try count()
        try store.list(prefix: prefix, after: after, body)
    }

    func delete(_ key: String) throws(ObjectStoreError) {
        try count()
        try store.delete(key)
    }

    func sweep() throws(ObjectStoreError) -> Int {
        try count()
        return try store.sweep()
    }
}
