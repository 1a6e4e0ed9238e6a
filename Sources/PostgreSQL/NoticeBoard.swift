import CPostgreSQL

/// The last warnings of a server, which libpq would print to standard error.
final class NoticeBoard {
    private static let limit = 16

    private var notices: [String] = []

    /// From now on takes the notices of a connection, which must not outlive the board.
    func listen(to connection: OpaquePointer) {
        PQsetNoticeProcessor(
            connection,
            { board, words in
                guard let board, let words else { return }
                Unmanaged<NoticeBoard>.fromOpaque(board).takeUnretainedValue().note(String(cString: words).trimmed)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func note(_ notice: String) {
        if notices.count == Self.limit { notices.removeFirst() }
        notices.append(notice)
    }

    func take() -> [String] {
        defer { notices = [] }
        return notices
    }
}
