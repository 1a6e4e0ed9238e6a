import Glibc

/// A sorted block in a nameless file, to be read piece by piece.
final class RecordFile: Sendable {
    private let descriptor: Int32

    /// Writes the block into a new file in that folder.
    init(_ block: SortedBlock, in folder: String) throws(WarehouseError) {
        var name = Array("\(folder)/records-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        self.descriptor = descriptor
        guard descriptor >= 0, unlink(name) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw Self.failure("make")
        }
        var written = 0
        while written < block.bytes.count {
            let count = write(descriptor, block.bytes.baseAddress.map { $0 + written }, block.bytes.count - written)
            guard count > 0 else { throw Self.failure("write") }
            written += count
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads from a place of the file on; returns how many bytes, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(WarehouseError) -> Int {
        let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        guard count >= 0 else { throw Self.failure("read") }
        return count
    }

    private static func failure(_ operation: String) -> WarehouseError {
        .sorting(operation: operation, reason: String(cString: strerror(errno)))
    }
}
