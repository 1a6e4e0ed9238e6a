import Glibc

/// Sorts records by their bytes in bounded memory: what does not fit goes to disk.
struct RecordSorter {
    /// Where files go that no other place is named for.
    static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

    private let folder: String
    private let blockBytes: Int
    private var bytes: [UInt8] = []
    /// Where the last record ends.
    private var end = 0
    private var entries: [SortedBlock.Entry] = []
    private var runs: [RecordRun] = []

    /// - Parameters:
    ///   - folder: where the files go.
    ///   - blockBytes: the bytes that are sorted at once; at least one record is.
    init(in folder: String, blockBytes: Int) {
        (self.folder, self.blockBytes) = (folder, blockBytes)
    }

    /// Appends a cell to the record.
    @inline(__always)
    mutating func append(_ cell: Cell, _ texts: TextStore) {
        RecordCoding.append(cell, texts, to: &bytes)
    }

    /// Appends an integer to the record.
    mutating func append(_ value: Int64) {
        RecordCoding.append(value, to: &bytes)
    }

    /// Appends cells that were taken from another record.
    @inline(__always)
    mutating func append(cells: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: cells)
    }

    /// Ends a list of rows in the record.
    mutating func endList() {
        bytes.append(RecordCoding.endOfList)
    }

    /// Ends the record.
    @inline(__always)
    mutating func endRecord() throws(WarehouseError) {
        let start = end
        end = bytes.count
        let prefix = bytes.withUnsafeBufferPointer {
            CellOrder.beginning(of: UnsafeBufferPointer(rebasing: $0[start...]))
        }
        entries.append(SortedBlock.Entry(prefix: prefix, start: UInt32(start), count: UInt32(end - start)))
        guard bytes.count + entries.count * MemoryLayout<SortedBlock.Entry>.stride >= blockBytes else { return }
        try spill()
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    /// Puts all that is in memory on the disk.
    mutating func putAside() throws(WarehouseError) {
        if entries.isEmpty { return }
        try spill()
        (bytes, entries) = ([], [])
    }

    /// The runs of all that was added; the sorter is empty afterwards.
    mutating func finish() -> [RecordRun] {
        var all = runs
        if !entries.isEmpty { all.append(.memory(SortedBlock(bytes, entries))) }
        (bytes, end, entries, runs) = ([], 0, [], [])
        return all
    }

    private mutating func spill() throws(WarehouseError) {
        runs.append(.file(try RecordFile(SortedBlock(bytes, entries), in: folder)))
        end = 0
    }
}
