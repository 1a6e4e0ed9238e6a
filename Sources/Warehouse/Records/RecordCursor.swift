/// Reads the records of a run one after the other.
final class RecordCursor {
    private let run: RecordRun
    private let bufferBytes: Int
    /// What of the file is in memory.
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// The bytes at hand that were not read yet: of the block, or of the buffer.
    private var unread = 0..<0
    /// How much of the file was read into the buffer.
    private var offset = 0

    /// The record that reading stands at, good until the next `advance`; nil before it begins and behind the last one.
    private(set) var record: UnsafeBufferPointer<UInt8>?
    /// The first bytes of the record, as a number of the same order.
    private var prefix: UInt64 = 0

    /// - Parameter bufferBytes: how much of a file is read at once; a longer record takes more.
    init(_ run: RecordRun, bufferBytes: Int) {
        (self.run, self.bufferBytes) = (run, bufferBytes)
        if case .memory(let block) = run { unread = 0..<block.bytes.count }
    }

    deinit {
        buffer.deallocate()
    }

    /// Goes to the next record.
    func advance() throws(WarehouseError) {
        guard try fill(SortedBlock.headBytes) else { return record = nil }
        let count = Int(bytes.loadUnaligned(fromByteOffset: unread.lowerBound, as: UInt32.self))
        guard try fill(SortedBlock.headBytes + count) else {
            throw .sorting(operation: "read", reason: "the file ends too early")
        }
        let start = unread.lowerBound + SortedBlock.headBytes
        unread = start + count..<unread.upperBound
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]).assumingMemoryBound(to: UInt8.self)
        record = bytes
        prefix = CellOrder.beginning(of: bytes)
    }

    /// Whether the record comes before that of another cursor; at the end none does.
    @inline(__always)
    func isBefore(_ other: RecordCursor) -> Bool {
        guard let record else { return false }
        guard let second = other.record else { return true }
        return prefix == other.prefix ? CellOrder.compare(record, second) < 0 : prefix < other.prefix
    }

    private var bytes: UnsafeRawBufferPointer {
        if case .memory(let block) = run { block.bytes } else { UnsafeRawBufferPointer(buffer) }
    }

    /// Has at least so many bytes at hand; false at the end.
    private func fill(_ count: Int) throws(WarehouseError) -> Bool {
        while unread.count < count {
            guard case .file(let file) = run else { return false }
            makeRoom(count)
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.upperBound...])
            let read = try file.read(into: room, at: offset)
            if read == 0 { return false }
            offset += read
            unread = 0..<unread.upperBound + read
        }
        return true
    }

    /// Moves what was not read to the beginning of a buffer that takes so many bytes.
    private func makeRoom(_ count: Int) {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[unread])
        if count > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(count, bufferBytes), alignment: 1)
            larger.copyMemory(from: rest)
            buffer.deallocate()
            buffer = larger
        } else {
            buffer.copyMemory(from: rest)
        }
        unread = 0..<rest.count
    }
}
