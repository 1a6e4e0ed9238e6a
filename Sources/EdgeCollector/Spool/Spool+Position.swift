import SQLite

/// Where a source goes on that counts by something else than the times of its events.
struct SourcePosition: Equatable {
    /// The bytes of a file that are behind us; 0 for what is no file.
    var offset: Int64
    /// Which file, see `EventFile`, or the identifier of the last server-sent event.
    var mark: String
}

extension Spool {
    /// Beside the format's first tables, so that a spool of an earlier build gets it too. It is not salvaged from a
    /// damaged spool: better to read again what may be lost with it.
    static let positionTable = """
        CREATE TABLE IF NOT EXISTS positions (
            stream TEXT PRIMARY KEY, byte_offset INTEGER NOT NULL, mark TEXT NOT NULL
        ) WITHOUT ROWID
        """

    /// Where the stream's source goes on: behind the last event that was appended.
    func position(of stream: String) -> SourcePosition? {
        batch(of: stream).position
    }

    /// Says where the source goes on behind the event that is appended next: it becomes the position together with it,
    /// so that a flush never stores one without the other.
    func expect(_ position: SourcePosition, in stream: String) {
        batch(of: stream).nextPosition = position
    }

    /// Says that all up to there is appended, put aside or was nothing.
    func reach(_ position: SourcePosition, in stream: String, at moment: Moment) {
        let batch = batch(of: stream)
        batch.reach(position)
        if batch.position != batch.storedPosition { batch.touch(at: moment.monotonic) }
    }

    func loadPosition(of stream: String) throws -> SourcePosition? {
        let row = try database.statement("SELECT byte_offset, mark FROM positions WHERE stream = ?")
            .firstRow([.text(stream)])
        guard let offset = row?[0].integer, let mark = row?[1].text else { return nil }
        return SourcePosition(offset: offset, mark: mark)
    }

    /// Part of the transaction that stores the events.
    func savePosition(of batch: OpenBatch) throws {
        guard let position = batch.position, position != batch.storedPosition else { return }
        try save(position, of: batch.stream)
    }

    func save(_ position: SourcePosition, of stream: String) throws {
        try database.statement("INSERT OR REPLACE INTO positions (stream, byte_offset, mark) VALUES (?, ?, ?)").run([
            .text(stream), .integer(position.offset), .text(position.mark),
        ])
    }
}
