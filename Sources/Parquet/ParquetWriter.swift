import CParquet

/// Writes a Parquet file row by row: zstd, dictionaries, statistics and an index of the pages, checksums.
///
/// Rows are gathered into row groups. The file can be read only once `close` has returned; it is not synced.
public final class ParquetWriter {
    /// When a row group is written.
    public struct GroupLimits: Hashable, Sendable {
        /// The rows it has at most.
        public var rows = 1 << 17
        /// The bytes of values after which it takes no more rows. A text longer than this makes it longer by that text.
        public var bytes = 32 << 20

        /// The limits that keep a row group at some megabytes on the disk.
        public init() {}
    }

    /// The zstd level: smaller files than Snappy's at the speed of the reading; 9 takes five times as long.
    public static let compressionLevel: Int32 = 3

    private let path: String
    private let limits: GroupLimits
    private let handle: OpaquePointer
    private let buffers: [CellBuffer]

    /// The rows so far.
    public private(set) var rows: Int64 = 0
    private var groupRows = 0

    /// Creates the file at `path`, in place of what is there.
    public init(
        path: String, columns: [ParquetColumn], limits: GroupLimits = GroupLimits()
    ) throws(ParquetError) {
        guard !columns.isEmpty else { throw .noColumns(path: path) }
        handle = try Self.open(path, columns)
        (self.path, self.limits) = (path, limits)
        buffers = columns.map { CellBuffer($0, rowCapacity: limits.rows) }
    }

    deinit {
        parquet_writer_destroy(handle)
    }

    /// Adds an integer to the row, in a column of integers.
    public func append(_ value: Int64, to column: Int) {
        buffers[column].append(value)
    }

    /// Adds a number to the row, in a column of reals.
    public func append(_ value: Double, to column: Int) {
        buffers[column].append(value)
    }

    /// Adds a text to the row, in a column of texts; its bytes are UTF-8.
    public func append(_ text: UnsafeBufferPointer<UInt8>, to column: Int) {
        buffers[column].append(text)
    }

    /// Adds true or false to the row, in a column of truths.
    public func append(_ value: Bool, to column: Int) {
        buffers[column].append(value)
    }

    /// Adds null to the row, in a column that may hold it.
    public func appendNull(to column: Int) {
        buffers[column].appendNull()
    }

    /// Ends the row, which has a cell in each column.
    public func endRow() throws(ParquetError) {
        groupRows += 1
        rows += 1
        precondition(buffers.allSatisfy { $0.count == groupRows }, "a row has a cell in each column")
        if groupRows == limits.rows || buffers.reduce(0, { $0 + $1.byteCount }) >= limits.bytes { try writeGroup() }
    }

    /// Writes what is left and the file's end.
    public func close() throws(ParquetError) {
        if groupRows > 0 { try writeGroup() }
        try attempt("end") { parquet_writer_close(handle, $0) }
    }

    private func writeGroup() throws(ParquetError) {
        let cells = buffers.map { $0.withCells { $0 } }
        try attempt("write") { parquet_writer_write(handle, cells, Int64(groupRows), $0) }
        for buffer in buffers { buffer.removeAll() }
        groupRows = 0
    }

    private func attempt(
        _ operation: String, _ call: (UnsafeMutablePointer<CChar>) -> Bool
    ) throws(ParquetError) {
        var reason = ""
        let isDone = withMessage(&reason, call)
        guard isDone else { throw .library(operation: operation, path: path, reason: reason) }
    }

    private static func open(_ path: String, _ columns: [ParquetColumn]) throws(ParquetError) -> OpaquePointer {
        // The names stay where they are while Arrow copies them.
        let names = columns.map { Array($0.name.utf8CString) }.flatMap(\.self)
        var starts: [Int] = []
        var start = 0
        for column in columns {
            starts.append(start)
            start += column.name.utf8.count + 1
        }
        var reason = ""
        let opened: OpaquePointer? = names.withUnsafeBufferPointer { names in
            let raw = zip(columns, starts).compactMap { column, start in
                names.baseAddress.map {
                    parquet_column(name: $0 + start, kind: column.kind.raw, is_optional: column.isOptional)
                }
            }
            return withMessage(&reason) { parquet_writer_open(path, raw, raw.count, compressionLevel, $0) }
        }
        guard let opened else { throw .library(operation: "create", path: path, reason: reason) }
        return opened
    }
}

/// Runs a call that leaves a sentence where it fails.
private func withMessage<Result>(
    _ reason: inout String, _ call: (UnsafeMutablePointer<CChar>) -> Result
) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PARQUET_MESSAGE_BYTES)) { buffer in
        buffer.initialize(repeating: 0)
        guard let start = buffer.baseAddress else { preconditionFailure("the buffer is not empty") }
        let result = call(start)
        reason = String(cString: start)
        return result
    }
}
