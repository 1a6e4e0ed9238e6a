import Glibc

/// A file on its way to its place: `.tmp/PID-RANDOM` beside the place's topmost folder, so on the same file system.
///
/// It is locked (`flock`) while its writer lives. One that is not locked is a leftover of a program that was killed, and
/// may be removed by anybody at any time.
struct TemporaryFile: ~Copyable {
    /// The name of the folders of such files.
    static let folderName = ".tmp"

    private let file: OpenFile
    private var isMoved = false

    /// A new file in `folder`, which is created where it is missing.
    init(in folder: String) throws(ObjectStoreError) {
        try Folder.create(folder)
        while true {
            let path = "\(folder)/\(getpid())-\(UInt64.random(in: .min ... .max))"
            let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL)
            guard flock(file.descriptor, LOCK_EX) == 0 else { throw .call("lock", path) }
            // A sweep may have found it between the two calls.
            var status = stat()
            guard fstat(file.descriptor, &status) == 0 else { throw .call("stat", path) }
            if status.st_nlink > 0 {
                self.file = file
                return
            }
        }
    }

    deinit {
        if !isMoved { unlink(file.path) }
    }

    func write(_ bytes: some Collection<UInt8>) throws(ObjectStoreError) {
        try file.write(bytes)
    }

    /// Syncs the file and moves it to `path`, in place of what is there; the folder is still to be synced.
    mutating func move(to path: String) throws(ObjectStoreError) {
        try file.synchronize()
        try Self.creatingFolder(of: path) { rename(file.path, path) }
        isMoved = true
    }

    /// Syncs the file and gives it the name `path` unless there is one; returns whether there was none.
    mutating func link(to path: String) throws(ObjectStoreError) -> Bool {
        try file.synchronize()
        var isThere = false
        try Self.creatingFolder(of: path) {
            let result = Glibc.link(file.path, path)
            isThere = result != 0 && errno == EEXIST
            return isThere ? 0 : result
        }
        return !isThere
    }

    /// Calls again where the folder is missing, or was removed meanwhile because it was empty.
    private static func creatingFolder(
        of path: String, _ call: () -> Int32
    ) throws(ObjectStoreError) {
        for _ in 0..<8 {
            if call() == 0 { return }
            guard errno == ENOENT else { break }
            try Folder.create(Folder.parent(of: path))
        }
        throw .call("move a file to", path)
    }

    /// Removes the leftovers in `folder`; returns how many there were.
    static func sweep(_ folder: String) throws(ObjectStoreError) -> Int {
        var count = 0
        for name in try Folder.names(in: folder) {
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            guard unlink(path) == 0 else { throw .call("remove", path) }
            count += 1
        }
        return count
    }
}
