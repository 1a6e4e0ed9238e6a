import Glibc

/// Directories of the file system, made and removed so that a power cut cannot take it back.
enum Folder {
    /// The directory that holds `path`.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Creates `path` and what is missing above it, each entry durable in its parent.
    static func create(_ path: String) throws(ObjectStoreError) {
        if mkdir(path, 0o750) == 0 { return try synchronize(parent(of: path)) }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try create(parent(of: path))
            guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw .call("create", path) }
            try synchronize(parent(of: path))
        default: throw .call("create", path)
        }
    }

    /// Makes what has changed in the directory durable.
    static func synchronize(_ path: String) throws(ObjectStoreError) {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// The names in the directory, without `.` and `..`; none where it is not there.
    static func names(in path: String) throws(ObjectStoreError) -> [String] {
        guard let directory = opendir(path) else {
            guard errno == ENOENT else { throw .call("open", path) }
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw .call("read", path) }
        return names
    }
}
