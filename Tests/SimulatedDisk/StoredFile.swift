/// The content of one file: as its readers see it, as the last sync left it, and the changes in between.
final class StoredFile {
    let current: ByteStore
    let safe: ByteStore
    private(set) var changes: [Change] = []

    /// Who holds which lock on it.
    var locks: [ObjectIdentifier: FileLock] = [:]
    /// The shared memory of the connections that have it open in write-ahead mode.
    let shared = SharedMemory()

    struct Change {
        enum Content {
            case write(ByteStore, offset: Int)
            case resize(Int)
        }
        let content: Content
        /// A sync that failed has passed over it: no later one makes it safe.
        var isForsaken = false
    }

    init(_ content: ByteStore = ByteStore()) {
        current = content
        safe = content.copy()
    }

    /// Puts other content here, safe at once.
    func replace(with bytes: [UInt8]) {
        current.resize(0)
        bytes.withUnsafeBytes { buffer in
            if let start = buffer.baseAddress { current.write(start, buffer.count, at: 0) }
        }
        synchronize()
        safe.resize(0)
        safe.write(current.start, current.count, at: 0)
    }

    func write(_ source: UnsafeRawPointer, _ length: Int, at offset: Int) {
        current.write(source, length, at: offset)
        let written = ByteStore(capacity: length)
        written.write(source, length, at: 0)
        changes.append(Change(content: .write(written, offset: offset)))
    }

    func resize(_ size: Int) {
        current.resize(size)
        changes.append(Change(content: .resize(size)))
    }

    func synchronize() {
        for change in changes where !change.isForsaken { Self.apply(change, to: safe) }
        changes.removeAll()
    }

    /// A sync that the device did not do.
    func failToSynchronize() {
        for index in changes.indices {
            if case .write = changes[index].content { changes[index].isForsaken = true }
        }
    }

    static func apply(_ change: Change, to store: ByteStore) {
        switch change.content {
        case .write(let bytes, let offset): store.write(bytes.start, bytes.count, at: offset)
        case .resize(let size): store.resize(size)
        }
    }
}
