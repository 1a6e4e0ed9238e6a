import BatchFormat
import Cryptography
import Zstandard

/// The batch of one stream that is being filled: a running zstd frame, and what of it is not on the disk yet.
final class OpenBatch {
    let stream: String
    private let compressor: FrameCompressor

    /// The row of the batch and the number of its next segment; nil before the first flush.
    var row: (id: Int64, segments: Int)?
    /// What is in the batch, unwritten events included.
    private(set) var counts = BatchCounts()
    /// Lines that the compressor has not seen yet: few, so that they are still in the processor's cache when it does.
    private var lines: [UInt8] = []
    private static let stagedBytes = 16 << 10
    /// Frame bytes that are not on the disk yet.
    private(set) var frames: [UInt8] = []
    /// Frame bytes that are on the disk.
    private(set) var storedFrameBytes = 0
    /// Over all frame bytes, on the disk or not.
    private var hash = SHA256()
    private var isFrameOpen = false
    /// The bytes of lines that no flush has seen yet.
    private(set) var unwrittenBytes = 0

    /// When the batch got its first event, and when the oldest unwritten event came.
    private(set) var openedAt, unwrittenSince: Duration?

    /// The greatest event time seen in the stream.
    var greatest: Int64?
    /// The resume point while a gap is being fetched: it must not pass what is missing.
    var heldResume: Int64?
    /// The resume point on the disk.
    var storedResume: Int64?
    /// Where the source goes on behind the last line, behind the line that comes next, and on the disk.
    var position, nextPosition, storedPosition: SourcePosition?
    /// Whether a flush of it has failed, and none has done it since.
    var isStuck = false
    /// Lines that came while the batch could not be closed and was full: they begin the next one.
    private var waiting: [WaitingLine] = []
    /// What happens to the stream while the spool is at its quota.
    var overflow = OverflowPolicy.stopReading
    /// What is to be declared and kept with the next flush.
    var gaps: [Gap] = []
    var deadLetters: [DeadLetter] = []

    init(stream: String, level: Int) throws(ZstandardError) {
        self.stream = stream
        compressor = try FrameCompressor(level: level, reach: level < 3 ? .messages : nil)
        lines.reserveCapacity(2 * Self.stagedBytes)
    }

    /// From where a source continues after a stop.
    var resume: Int64? { heldResume ?? greatest }
    /// Whether something of this stream is only in memory.
    var isUnwritten: Bool {
        unwrittenBytes > 0 || !frames.isEmpty || resume != storedResume || position != storedPosition
            || !gaps.isEmpty || !deadLetters.isEmpty || !waiting.isEmpty
    }
    /// The bytes that only memory has: of lines, and of frames that could not be written down.
    var memoryBytes: Int { lines.count + frames.count + waitingBytes }
    private var waitingBytes = 0
    /// Whether one more line of that length has to wait for the next batch.
    func isFull(for byteCount: Int) -> Bool {
        !waiting.isEmpty || counts.rawBytes + Int64(byteCount) >= SpoolSettings.sealRawBytes
    }
    /// The bytes of the frames so far, as far as they are known.
    var frameBytes: Int { storedFrameBytes + frames.count }
    /// The SHA-256 of the frames so far.
    var frameDigest: [UInt8] { hash.digest() }

    /// Adds one line.
    func append(
        _ line: UnsafeRawBufferPointer, time: Int64?, isMalformed: Bool, at now: Duration
    ) throws(ZstandardError) {
        lines.append(contentsOf: line)
        lines.append(EventLines.lineFeed)
        unwrittenBytes += line.count + 1
        counts.add(byteCount: line.count + 1, time: time, isMalformed: isMalformed)
        if let nextPosition { position = nextPosition }
        nextPosition = nil
        if openedAt == nil { openedAt = now }
        touch(at: now)
        if lines.count >= Self.stagedBytes { try compress(nil) }
    }

    /// Keeps a line for the next batch.
    func wait(_ line: UnsafeRawBufferPointer, time: Int64?, isMalformed: Bool, at now: Duration) {
        waiting.append(
            WaitingLine(bytes: Array(line), time: time, isMalformed: isMalformed, position: nextPosition))
        waitingBytes += line.count
        nextPosition = nil
        touch(at: now)
    }

    /// Hands over the lines that have waited, each after its position was made the next one.
    func takeWaiting(_ body: (WaitingLine) throws -> Void) rethrows {
        let lines = waiting
        (waiting, waitingBytes) = ([], 0)
        for line in lines {
            nextPosition = line.position
            try body(line)
        }
    }

    /// The source has come to that position behind the last line.
    func reach(_ reached: SourcePosition) {
        nextPosition = nil
        if waiting.isEmpty {
            position = reached
        } else {
            waiting[waiting.count - 1].position = reached
        }
    }

    /// Notes that something has to be written.
    func touch(at now: Duration) {
        if unwrittenSince == nil { unwrittenSince = now }
    }

    /// How far a frame's bytes have to be handed out.
    enum Completeness {
        /// So far that all lines can be unpacked from them.
        case flushed
        /// To the end of the frame.
        case ended
    }

    /// Moves all lines into the frame and what it hands out into `frames`; all that is asked for, or what is ready.
    func compress(_ completeness: Completeness?) throws(ZstandardError) {
        let before = frames.count
        defer { frames.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[before...])) } }
        try compressLines()
        guard isFrameOpen, let completeness else { return }
        switch completeness {
        case .flushed: try compressor.flush(to: &frames)
        case .ended:
            try compressor.end(to: &frames)
            isFrameOpen = false
        }
        unwrittenBytes = 0
    }

    private func compressLines() throws(ZstandardError) {
        guard !lines.isEmpty else { return }
        isFrameOpen = true
        var failure: ZstandardError?
        lines.withUnsafeBytes { bytes in
            do throws(ZstandardError) { try compressor.compress(bytes, to: &frames) } catch { failure = error }
        }
        if let failure { throw failure }
        lines.removeAll(keepingCapacity: true)
    }

    /// Notes that all of `frames` and the resume point are on the disk now.
    func markWritten() {
        storedFrameBytes += frames.count
        frames.removeAll(keepingCapacity: true)
        storedResume = resume
        storedPosition = position
        gaps.removeAll(keepingCapacity: true)
        deadLetters.removeAll(keepingCapacity: true)
        isStuck = false
        if waiting.isEmpty { unwrittenSince = nil }
    }

    /// Notes that what is not on the disk stays in memory for now: nothing is due before the next line. A batch that is
    /// closed is somebody else's now, `begin` follows.
    func keepInMemory() {
        unwrittenSince = nil
    }

    /// Begins the next batch.
    func begin() {
        row = nil
        counts = BatchCounts()
        storedFrameBytes = 0
        frames.removeAll(keepingCapacity: true)
        hash = SHA256()
        openedAt = nil
    }
}

/// A line that waits for the next batch.
struct WaitingLine {
    /// The line.
    let bytes: [UInt8]
    /// The event's time.
    let time: Int64?
    /// Whether it only looks like an event.
    let isMalformed: Bool
    /// Where the source goes on behind it.
    var position: SourcePosition?
}

/// A message that is no event, or a batch that the cloud refused.
struct DeadLetter {
    /// What the reason of a whole batch begins with; that of a message is one word.
    static let batchPrefix = "batch: "

    /// When it came, in milliseconds since 1970.
    let milliseconds: Int64
    /// Why it is here.
    let reason: String
    /// How many bytes it had.
    let count: Int
    /// The bytes, the first 64 KiB of a message.
    let bytes: [UInt8]
}
