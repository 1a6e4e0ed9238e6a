import SQLite

/// What is in a batch so far.
struct BatchCounts: Equatable {
    /// Lines, well-formed or not.
    var events: Int64 = 0
    /// Lines that are no JSON document.
    var malformed: Int64 = 0
    /// The bytes of the lines, line feeds included.
    var rawBytes: Int64 = 0
    /// The least and the greatest time of an event, in milliseconds since 1970.
    var firstMilliseconds, lastMilliseconds: Int64?

    /// Counts one line of `byteCount` bytes, line feed included.
    mutating func add(byteCount: Int, time: Int64?, isMalformed: Bool) {
        events += 1
        rawBytes += Int64(byteCount)
        if isMalformed { malformed += 1 }
        guard let time else { return }
        firstMilliseconds = min(firstMilliseconds ?? time, time)
        lastMilliseconds = max(lastMilliseconds ?? time, time)
    }

    /// Counts what another batch of the stream has.
    mutating func add(_ other: BatchCounts) {
        events += other.events
        malformed += other.malformed
        rawBytes += other.rawBytes
        firstMilliseconds = [firstMilliseconds, other.firstMilliseconds].compactMap { $0 }.min()
        lastMilliseconds = [lastMilliseconds, other.lastMilliseconds].compactMap { $0 }.max()
    }
}

extension BatchCounts {
    /// Reads the columns `events, malformed, raw_bytes, first_ms, last_ms` of a row, beginning at `column`.
    init(_ row: [SQLiteValue], from column: Int) {
        events = row[column].integer ?? 0
        malformed = row[column + 1].integer ?? 0
        rawBytes = row[column + 2].integer ?? 0
        firstMilliseconds = row[column + 3].integer
        lastMilliseconds = row[column + 4].integer
    }

    /// The values of those columns.
    var values: [SQLiteValue] {
        [
            .integer(events), .integer(malformed), .integer(rawBytes), SQLiteValue(firstMilliseconds),
            SQLiteValue(lastMilliseconds),
        ]
    }
}
