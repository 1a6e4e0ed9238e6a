#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files and standard output, by the system's own calls.
public enum FileBytes {
    /// All bytes of the file at that path.
    static func read(path: String) throws(ReplayError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: reason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: reason()) }
        // A pipe has no size; a file may have grown since: read on until the end says so.
        var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, 65_536))
        var count = 0
        while true {
            if count == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
            let got = bytes.withUnsafeMutableBytes { space in
                systemRead(descriptor, UnsafeMutableRawBufferPointer(rebasing: space[count...]))
            }
            if got > 0 {
                count += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                throw .unreadable(path: path, reason: reason())
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes all of `bytes` to standard output.
    public static func writeToStandardOutput(_ bytes: [UInt8]) throws(ReplayError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw .cannotWrite(reason: reason())
            }
        }
    }

    private static func systemRead(_ descriptor: Int32, _ space: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, space.baseAddress, space.count)
        #else
            Darwin.read(descriptor, space.baseAddress, space.count)
        #endif
    }

    private static func reason() -> String {
        String(cString: strerror(errno))
    }
}
