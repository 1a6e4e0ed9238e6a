import Glibc

/// A file that is open, with blocking calls that do all that is asked or throw.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0o640) throws(ObjectStoreError) {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .call("open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: some Collection<UInt8>) throws(ObjectStoreError) {
        let done: Int? = bytes.withContiguousStorageIfAvailable { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return -1 }
                offset += count
            }
            return offset
        }
        precondition(done != nil, "an array or a slice of one")
        if done == -1 { throw .call("write", path) }
    }

    /// The next bytes, as many as asked for, fewer only at the end of the file.
    func read(_ limit: Int) throws(ObjectStoreError) -> [UInt8] {
        var isFailed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while filled < limit {
                let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), limit - filled)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { isFailed = true }
                if count <= 0 { return }
                filled += count
            }
        }
        if isFailed { throw .call("read", path) }
        return bytes
    }

    func byteCount() throws(ObjectStoreError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .call("stat", path) }
        return Int(status.st_size)
    }

    func synchronize() throws(ObjectStoreError) {
        guard fsync(descriptor) == 0 else { throw .call("sync", path) }
    }
}

extension OpenFile {
    /// Has `body` write a file at `path`, in place of what is there, and syncs it; where that fails, none is left.
    static func write(
        to path: String, _ body: (borrowing OpenFile) throws(ObjectStoreError) -> Void
    ) throws(ObjectStoreError) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
        do throws(ObjectStoreError) {
            try body(file)
            try file.synchronize()
        } catch {
            unlink(path)
            throw error
        }
    }
}

extension ObjectStoreError {
    /// What the call that has just failed means.
    static func call(_ call: String, _ path: String) -> ObjectStoreError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return .full(path: path) }
        return .system(call: call, path: path, reason: String(cString: strerror(code)))
    }
}
