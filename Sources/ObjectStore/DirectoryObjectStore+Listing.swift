import Glibc

extension DirectoryObjectStore {
    /// Tells of each object whose key begins with `prefix` and comes after the key `after`, until `body` returns false.
    public func list(prefix: String, after: String?, _ body: (ObjectInfo) throws -> Bool) throws {
        var listing = Listing(root: root, prefix: Array(prefix.utf8), after: after.map { Array($0.utf8) })
        _ = try listing.visit("", body)
    }

    /// One walk through the directories, in the order of the keys' bytes.
    private struct Listing {
        let root: String
        let prefix: [UInt8]
        let after: [UInt8]?

        /// Visits what is below `folder`, a key's beginning that is empty or ends with a slash; false where `body` ended it.
        mutating func visit(_ folder: String, _ body: (ObjectInfo) throws -> Bool) throws -> Bool {
            for (path, status) in try entries(of: folder) where isWanted(path) {
                if status.isFolder {
                    guard try visit(path, body) else { return false }
                } else if !isBefore(path) {
                    let modified = Int64(status.modified.tv_sec) * 1000 + Int64(status.modified.tv_nsec) / 1_000_000
                    let info = ObjectInfo(key: path, byteCount: status.byteCount, modifiedMilliseconds: modified)
                    guard try body(info) else { return false }
                }
            }
            return true
        }

        private typealias Status = (isFolder: Bool, byteCount: Int64, modified: timespec)

        /// What lies in `folder`, in order: a folder counts with its slash, as it stands in the keys below it.
        private func entries(of folder: String) throws(ObjectStoreError) -> [(path: String, status: Status)] {
            var entries: [(path: String, status: Status)] = []
            for name in try Folder.names(in: "\(root)/\(folder)") where name != TemporaryFile.folderName {
                var status = stat()
                guard stat("\(root)/\(folder)\(name)", &status) == 0 else {
                    // It has gone meanwhile.
                    guard errno == ENOENT else { throw .call("stat", "\(root)/\(folder)\(name)") }
                    continue
                }
                let isFolder = status.st_mode & S_IFMT == S_IFDIR
                guard isFolder || status.st_mode & S_IFMT == S_IFREG else { continue }
                entries.append(
                    ("\(folder)\(name)\(isFolder ? "/" : "")", (isFolder, Int64(status.st_size), status.st_mtim)))
            }
            return entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        }

        /// Whether a key with the prefix can be there: at `path`, or below it where that is a folder.
        private func isWanted(_ path: String) -> Bool {
            guard path.utf8.starts(with: prefix) || path.hasSuffix("/") && prefix.starts(with: path.utf8) else {
                return false
            }
            guard path.hasSuffix("/"), let after else { return true }
            return after.starts(with: path.utf8) || !isBefore(path)
        }

        /// Whether the key is `after`, or comes before it.
        private func isBefore(_ key: String) -> Bool {
            guard let after else { return false }
            return !after.lexicographicallyPrecedes(key.utf8)
        }
    }
}
