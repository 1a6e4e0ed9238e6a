import Glibc
import Transfer

/// Takes the events that come, one a line, on standard input, until its end. What writes to it has to wait while the
/// spool takes nothing. It cannot be read twice: what is in memory at a kill is lost.
final class StandardInputCollector: SourceCollector {
    private static let chunkBytes = 64 << 10

    private let spool: Spool
    let recorder: EventRecorder
    private let log: EdgeLog
    private let input: Int32
    private var lines = LineSplitter()
    private var chunk = [UInt8](repeating: 0, count: chunkBytes)
    private var hasEnded = false

    var didConnect: () -> Void = {}
    let name: String
    var isConnected: Bool { !hasEnded }
    let reconnects: Int64 = 0
    let deadline: Duration? = nil

    /// - Parameter input: another descriptor than standard input, for a test.
    init(
        _ stream: EdgeConfiguration.Stream, spool: Spool, scorer: Scorer, log: EdgeLog, input: Int32 = STDIN_FILENO
    ) throws {
        name = stream.name
        self.spool = spool
        self.input = input
        recorder = try EventRecorder(stream.plan, spool: spool, scorer: scorer)
        self.log = log.with("stream", stream.name)
    }

    var descriptor: Int32? { hasEnded || !spool.accepts(name) ? nil : input }

    func tick(at moment: Moment) throws {}

    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool {
        guard case .readable(input) = event, !hasEnded else { return false }
        let count = read(input, &chunk, chunk.count)
        if count > 0 {
            try lines.append(Array(chunk[..<count])) { try recorder.record($0, at: moment) }
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            hasEnded = true
            log(.info, count == 0 ? "Standard input is at its end." : "Standard input: \(StateDirectory.reason).")
            try lines.finish { try recorder.record($0, at: moment) }
        }
        return true
    }
}
