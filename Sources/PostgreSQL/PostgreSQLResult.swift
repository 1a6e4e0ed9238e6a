import CPostgreSQL

/// Rows of a statement, read by position: rows and columns from 0.
public final class PostgreSQLResult {
    /// In which form values come.
    public enum Format: Int32, Sendable {
        /// As the server prints them.
        case text = 0
        /// As the server keeps them.
        case binary = 1
    }

    private let handle: OpaquePointer

    /// The number of rows.
    public let rowCount: Int
    /// The types of the columns.
    public let types: [PostgreSQLType]

    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = Int(PQntuples(handle))
        types = (0..<PQnfields(handle)).map { PostgreSQLType(PQftype(handle, $0)) }
    }

    deinit {
        PQclear(handle)
    }

    /// The names of the columns.
    public var columnNames: [String] {
        types.indices.map { index in PQfname(handle, Int32(index)).map { String(cString: $0) } ?? "" }
    }

    /// The bytes of all values.
    var byteCount: Int {
        (0..<rowCount).reduce(0) { sum, row in
            types.indices.reduce(sum) { $0 + Int(PQgetlength(handle, Int32(row), Int32($1))) }
        }
    }

    /// The rows that the statement inserted, changed or deleted.
    public var changedRows: Int {
        PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// Whether the value is null.
    public func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(handle, Int32(row), Int32(column)) != 0
    }

    /// Hands over the bytes of a value as they came, good until `body` returns; none for null.
    public func withBytes<Value>(
        _ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value {
        let count = Int(PQgetlength(handle, Int32(row), Int32(column)))
        guard let start = PQgetvalue(handle, Int32(row), Int32(column)) else {
            return try body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return try start.withMemoryRebound(to: UInt8.self, capacity: count) {
            try body(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    /// Throws where the statement was refused.
    func check(_ sql: String) throws(PostgreSQLError) {
        switch PQresultStatus(handle) {
        case PGRES_BAD_RESPONSE, PGRES_FATAL_ERROR: break
        default: return
        }
        let message = field(Int32(UInt8(ascii: "M"))) ?? String(cString: PQresultErrorMessage(handle)).trimmed
        guard let state = field(Int32(UInt8(ascii: "C"))) else { throw .unreachable(message) }
        let detail = field(Int32(UInt8(ascii: "D"))).map { " (\($0))" } ?? ""
        throw .refused(state: state, message: message + detail, statement: String(sql.prefix(500)))
    }

    /// A field of an error; the letters stand in `postgres_ext.h`.
    private func field(_ letter: Int32) -> String? {
        PQresultErrorField(handle, letter).map { String(cString: $0) }
    }
}

/// Values of binary results.
extension PostgreSQLResult {
    /// The integer, whatever its size; booleans are 1 and 0; 0 for null. A number that is none is cut.
    public func integer(_ row: Int, _ column: Int) -> Int64 {
        if isNull(row, column) { return 0 }
        switch types[column] {
        case .integer(let bytes): return withBytes(row, column) { Self.integer($0, bytes) }
        case .boolean: return withBytes(row, column) { $0.first == 1 ? 1 : 0 }
        case .numeric: return withBytes(row, column) { DecimalNumber($0).integer ?? Self.cut(DecimalNumber($0).real) }
        case .real: return Self.cut(real(row, column))
        case .text, .bytes, .other: return 0
        }
    }

    /// The number of a `numeric`, where it is an integer.
    public func exactInteger(_ row: Int, _ column: Int) -> Int64? {
        withBytes(row, column) { DecimalNumber($0).integer }
    }

    /// The number; 0 for null.
    public func real(_ row: Int, _ column: Int) -> Double {
        if isNull(row, column) { return 0 }
        switch types[column] {
        case .real(let bytes):
            return withBytes(row, column) { value in
                let bits = UInt64(truncatingIfNeeded: Self.integer(value, bytes))
                return bytes == 8
                    ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            }
        case .numeric: return withBytes(row, column) { DecimalNumber($0).real }
        case .integer, .boolean: return Double(integer(row, column))
        case .text, .bytes, .other: return 0
        }
    }

    private static func cut(_ number: Double) -> Int64 {
        Int64(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }

    /// An integer of that many bytes, the greatest first.
    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int) -> Int64 {
        guard bytes.count == count, let first = bytes.first else { return 0 }
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }
}
