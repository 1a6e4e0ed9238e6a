import CPostgreSQL
import Glibc

/// Rows on their way into a table, in COPY's binary form: field by field, and each row with its number of fields first
/// (https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4).
public final class PostgreSQLCopy {
    private static let capacity = 256 << 10
    private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [0, 0, 0, 0, 0, 0, 0, 0]

    private unowned let connection: PostgreSQLConnection
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
    private var count = 0
    /// Sending fails once and then for good; the server's words come at the end.
    private var hasFailed = false

    init(_ connection: PostgreSQLConnection) {
        self.connection = connection
        Self.signature.withUnsafeBytes { append($0) }
    }

    deinit {
        buffer.deallocate()
    }

    /// Begins a row of that many fields.
    public func beginRow(fields: Int) {
        append(Int16(fields))
    }

    /// Adds null.
    public func appendNull() {
        append(Int32(-1))
    }

    /// Adds a bigint.
    public func append(integer value: Int64) {
        append(Int32(8))
        append(value)
    }

    /// Adds an integer.
    public func append(shortInteger value: Int32) {
        append(Int32(4))
        append(value)
    }

    /// Adds a boolean.
    public func append(boolean value: Bool) {
        append(Int32(1))
        append(UInt8(value ? 1 : 0))
    }

    /// Adds a double precision.
    public func append(real value: Double) {
        append(Int32(8))
        append(value.bitPattern)
    }

    /// Adds a text, UTF-8 without U+0000, or a bytea.
    public func append(bytes: UnsafeBufferPointer<UInt8>) {
        append(Int32(bytes.count))
        append(UnsafeRawBufferPointer(bytes))
    }

    private func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { append($0) }
    }

    @inline(__always)
    private func append(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count > Self.capacity - count { flush() }
        if bytes.count > Self.capacity { return put(bytes) }
        guard let source = bytes.baseAddress, let target = buffer.baseAddress else { return }
        memcpy(target + count, source, bytes.count)
        count += bytes.count
    }

    private func flush() {
        put(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        count = 0
    }

    private func put(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty, !hasFailed {
            // A message of the protocol has at most 1 GiB.
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
            hasFailed =
                PQputCopyData(connection.handle, part.bindMemory(to: CChar.self).baseAddress, Int32(part.count)) < 0
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        }
    }

    /// Sends what is left and the trailer.
    fileprivate func end() {
        append(Int16(-1))
        flush()
        if !hasFailed { hasFailed = PQputCopyEnd(connection.handle, nil) < 0 }
    }
}

extension PostgreSQLConnection {
    /// Copies rows into columns of a table; `body` adds them. When it throws, nothing is copied and a transaction that is
    /// open has failed.
    public func copy(
        into table: String, columns: [String], _ body: (PostgreSQLCopy) throws(PostgreSQLError) -> Void
    ) throws(PostgreSQLError) {
        let names = columns.map(Self.quoted).joined(separator: ", ")
        let sql = "COPY \(Self.quoted(table)) (\(names)) FROM STDIN (FORMAT binary)"
        try send(PQsendQuery(handle, sql), sql)
        var meter = ByteMeter(PostgreSQLLimits())
        guard let ready = try next(&meter) else { throw failure(sql) }
        do throws(PostgreSQLError) {
            try ready.check(sql)
        } catch {
            drain()
            throw error
        }
        let copy = PostgreSQLCopy(self)
        do throws(PostgreSQLError) {
            try body(copy)
        } catch {
            PQputCopyEnd(handle, "not wanted any more")
            drain()
            throw error
        }
        copy.end()
        try finish(sql, PostgreSQLLimits())
    }
}
