import SQLite

extension EdgeStatus {
    /// The batches and messages that were set aside and are kept, and why, the last one's words.
    func deadLetters(_ database: SQLiteDatabase) throws -> [String] {
        let prefix = DeadLetter.batchPrefix
        let counts = try database.prepare("SELECT count(*), sum(substr(reason, 1, ?) = ?) FROM dead_letters")
            .firstRow([.integer(Int64(prefix.count)), .text(prefix)])
        let batches = counts?[1].integer ?? 0
        let messages = (counts?[0].integer ?? 0) - batches
        let total = Self.line("dead letters", "\(batches) batches, \(messages) messages")
        let last = try database.prepare("SELECT at_ms, reason FROM dead_letters ORDER BY id DESC LIMIT 1").firstRow()
        guard let last, let reason = last[1].text else { return [total] }
        return [total, Self.line("  last", "\(Self.time(last[0].integer)) \(reason)")]
    }

    /// The quiet hours, and what the running edge makes of them.
    func quietHours() throws -> [String] {
        guard !quiet.isEmpty else { return [] }
        let isRunning = StateLock.isHeld(state)
        let note = isRunning ? try state.read(QuietWatch.fileName).map { String(decoding: $0, as: UTF8.self) } : nil
        return [Self.line("quiet hours", note.map { "\(quiet); \($0)" } ?? "\(quiet)")]
    }
}
