import EdgeCollector

/// The folder of a spool on a `SimulatedDisk`.
public struct SimulatedFolder: SpoolFolder {
    /// The disk it is on.
    public let disk: SimulatedDisk

    /// The one folder of that disk.
    public init(_ disk: SimulatedDisk) {
        self.disk = disk
    }

    /// By which name SQLite knows the disk.
    public var fileSystem: String? { disk.fileSystem }

    /// The path of the file of that name.
    public func path(of name: String) -> String { "\(SimulatedDisk.folder)/\(name)" }

    /// The length of a file; nil where there is none.
    public func byteCount(of name: String) -> Int? {
        disk.file(at: path(of: name))?.current.count
    }

    /// The bytes of a file from `offset` on, at most `limit`; nil where there is no such file.
    public func read(_ name: String, from offset: Int, limit: Int) throws(EdgeError) -> [UInt8]? {
        guard let file = disk.file(at: path(of: name)) else { return nil }
        try check(.read, "read", path(of: name))
        return Array(file.current.bytes.dropFirst(offset).prefix(limit))
    }

    /// Writes a new file and makes it safe; false where one of that name is there already.
    public func create(_ name: String, _ bytes: [UInt8]) throws(EdgeError) -> Bool {
        let path = path(of: name)
        guard disk.file(at: path) == nil else { return false }
        try check(.name, "make", path)
        let file = disk.add(path)
        try check(.write, "write", path)
        bytes.withUnsafeBytes { buffer in
            if let start = buffer.baseAddress, !buffer.isEmpty { file.write(start, buffer.count, at: 0) }
        }
        try check(.sync, "flush", path)
        file.synchronize()
        try synchronize()
        return true
    }

    /// Deletes a file, if there is one.
    public func remove(_ name: String) throws(EdgeError) {
        let path = path(of: name)
        guard disk.file(at: path) != nil else { return }
        try check(.name, "delete", path)
        disk.remove(path)
    }

    /// Gives a file another name.
    public func rename(_ name: String, to other: String) throws(EdgeError) {
        try check(.name, "rename", path(of: name))
        disk.rename(path(of: name), to: path(of: other))
    }

    /// Makes all names safe.
    public func synchronize() throws(EdgeError) {
        try check(.sync, "flush", SimulatedDisk.folder)
        disk.synchronizeNames()
    }

    private func check(_ operation: DiskOperation, _ action: String, _ path: String) throws(EdgeError) {
        switch disk.failure(of: operation) {
        case nil: return
        case .full: throw .system(action: action, path: path, reason: "No space left on device")
        case .inputOutput: throw .system(action: action, path: path, reason: "Input/output error")
        case .readOnly: throw .system(action: action, path: path, reason: "Read-only file system")
        case .powerOff: throw .system(action: action, path: path, reason: "the power is off")
        }
    }
}
