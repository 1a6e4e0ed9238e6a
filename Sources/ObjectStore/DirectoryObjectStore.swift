import Glibc

/// The object store in a local directory: the object `a/b` is the file `a/b` below the root.
///
/// A file is written in a folder `.tmp`, synced, moved to its place, and its directory synced. That folder lies in the
/// first folder of the key, so that each of them may be a file system of its own.
public struct DirectoryObjectStore: ObjectStore {
    private static let copyBytes = 1 << 20

    /// The directory below which the keys lie.
    public let root: String

    /// A store below `root`, which is created where it is missing.
    public init(root: String) throws(ObjectStoreError) {
        self.root = root
        try Folder.create(root)
    }

    /// The directory.
    public var place: String { root }

    /// Keeps `bytes` under `key`.
    @discardableResult
    public func put(_ bytes: [UInt8], key: String, _ condition: PutCondition) throws(ObjectStoreError) -> PutOutcome {
        let path = try path(of: key)
        var file = try TemporaryFile(in: temporaryFolder(of: key))
        try file.write(bytes)
        return try place(&file, at: path, condition)
    }

    /// Keeps a copy of the file at `source` under `key`, in place of what is there.
    public func put(file source: String, key: String) throws(ObjectStoreError) {
        let path = try path(of: key)
        let input = try OpenFile(source, O_RDONLY)
        var file = try TemporaryFile(in: temporaryFolder(of: key))
        while case let bytes = try input.read(Self.copyBytes), !bytes.isEmpty { try file.write(bytes) }
        _ = try place(&file, at: path, .replace)
    }

    /// The bytes under `key`; throws `notFound` where nothing is.
    public func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        let file = try open(key)
        return try file.read(file.byteCount())
    }

    /// Writes the bytes under `key` into a file at `path`, in place of what is there, and syncs it.
    public func get(_ key: String, to path: String) throws(ObjectStoreError) {
        let input = try open(key)
        try OpenFile.write(to: path) { output throws(ObjectStoreError) in
            while case let bytes = try input.read(Self.copyBytes), !bytes.isEmpty { try output.write(bytes) }
        }
    }

    /// Removes what is under `key`, and the folders that are empty then.
    public func delete(_ key: String) throws(ObjectStoreError) {
        let path = try path(of: key)
        guard unlink(path) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return }
            throw .call("remove", path)
        }
        // Folders that are empty now go too, up to the first that is not.
        var folder = Folder.parent(of: path)
        while folder.utf8.count > root.utf8.count, rmdir(folder) == 0 { folder = Folder.parent(of: folder) }
        while true {
            do throws(ObjectStoreError) {
                return try Folder.synchronize(folder)
            } catch {
                // Another call may have removed it meanwhile, because it was empty.
                guard folder.utf8.count > root.utf8.count, access(folder, F_OK) != 0 else { throw error }
                folder = Folder.parent(of: folder)
            }
        }
    }

    /// Removes the files of programs that were killed before they had put them in their place; returns how many.
    @discardableResult
    public func sweep() throws(ObjectStoreError) -> Int {
        var count = try TemporaryFile.sweep("\(root)/\(TemporaryFile.folderName)")
        for name in try Folder.names(in: root) where name != TemporaryFile.folderName {
            let folder = "\(root)/\(name)/\(TemporaryFile.folderName)"
            if access(folder, F_OK) == 0 { count += try TemporaryFile.sweep(folder) }
        }
        return count
    }

    private func place(
        _ file: inout TemporaryFile, at path: String, _ condition: PutCondition
    ) throws(ObjectStoreError) -> PutOutcome {
        var outcome = PutOutcome.stored
        switch condition {
        case .replace: try file.move(to: path)
        case .ifAbsent: outcome = try file.link(to: path) ? .stored : .exists
        }
        // Also where one is there: whoever put it may not have come to sync its name yet.
        try Folder.synchronize(Folder.parent(of: path))
        return outcome
    }

    private func open(_ key: String) throws(ObjectStoreError) -> OpenFile {
        let path = try path(of: key)
        guard access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR else { throw .notFound(key: key) }
        return try OpenFile(path, O_RDONLY)
    }

    private func path(of key: String) throws(ObjectStoreError) -> String {
        try ObjectKey.check(key)
        return "\(root)/\(key)"
    }

    private func temporaryFolder(of key: String) -> String {
        guard let slash = key.firstIndex(of: "/") else { return "\(root)/\(TemporaryFile.folderName)" }
        return "\(root)/\(key[..<slash])/\(TemporaryFile.folderName)"
    }
}
