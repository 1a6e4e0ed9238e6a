/// The messages of recordings, one recording after another.
struct RecordedSource: MessageSource {
    private let recordings: [Recording]
    private var recording = 0
    private var line = 0

    init(_ recordings: [Recording]) {
        self.recordings = recordings
    }

    mutating func next() -> Message? {
        while recording < recordings.count && line == recordings[recording].count {
            recording += 1
            line = 0
        }
        guard recording < recordings.count else { return nil }
        defer { line += 1 }
        return Message(content: .recorded(recordings[recording], line: line), beginsTimeline: line == 0)
    }
}
