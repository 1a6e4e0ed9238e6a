/// Records in memory, in their order, each behind its length.
final class SortedBlock: @unchecked Sendable {
    /// Where a record is, and its first bytes, which mostly decide its order.
    struct Entry {
        let prefix: UInt64
        let start: UInt32
        let count: UInt32
    }

    /// What a record's length takes.
    static let headBytes = MemoryLayout<UInt32>.size

    /// Never written once the block is made, so that any thread may read.
    let bytes: UnsafeRawBufferPointer

    /// Sorts records that lie in `unsorted`.
    init(_ unsorted: [UInt8], _ entries: [Entry]) {
        let count = entries.reduce(0) { $0 + Int($1.count) + Self.headBytes }
        let sorted = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        unsorted.withUnsafeBufferPointer { unsorted in
            func record(_ entry: Entry) -> UnsafeBufferPointer<UInt8> {
                UnsafeBufferPointer(start: unsorted.baseAddress.map { $0 + Int(entry.start) }, count: Int(entry.count))
            }
            func isBefore(_ left: Entry, _ right: Entry) -> Bool {
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                return CellOrder.compare(record(left), record(right)) < 0
            }
            var position = 0
            for entry in entries.sorted(by: isBefore) {
                sorted.storeBytes(of: entry.count, toByteOffset: position, as: UInt32.self)
                position += Self.headBytes
                UnsafeMutableRawBufferPointer(rebasing: sorted[position...]).copyMemory(
                    from: UnsafeRawBufferPointer(record(entry)))
                position += Int(entry.count)
            }
        }
        bytes = UnsafeRawBufferPointer(sorted)
    }

    deinit {
        bytes.deallocate()
    }
}
