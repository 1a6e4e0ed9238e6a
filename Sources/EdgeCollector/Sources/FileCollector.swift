import BatchFormat
import Glibc
import Transfer

/// Keeps one file of events read: from where the last run stopped, and on as it grows and is rotated.
///
/// Rotated files are looked for beside it, as `NAME.DIGITS` or `NAME-DIGITS`, and read to their end in the order in which
/// they were last written to, before the file of the name itself.
final class FileCollector: SourceCollector {
    /// How often a file is asked whether it has grown.
    static let pollInterval: Duration = .milliseconds(250)
    /// After a failure.
    static let retryInterval: Duration = .seconds(5)

    private let stream: EdgeConfiguration.Stream
    private let path: String
    private let spool: Spool
    let recorder: EventRecorder
    private let log: EdgeLog
    private var file: EventFile?
    private var due: Duration
    private var hasBegun = false
    private var isFinished = false
    private var isPaused = false

    var didConnect: () -> Void = {}
    var name: String { stream.name }
    var isConnected: Bool { file != nil && !isFinished }
    let reconnects: Int64 = 0
    let descriptor: Int32? = nil

    init(_ stream: EdgeConfiguration.Stream, spool: Spool, scorer: Scorer, log: EdgeLog, at moment: Moment) throws {
        self.stream = stream
        path = String(stream.url.dropFirst("file://".count))
        self.spool = spool
        recorder = try EventRecorder(stream.plan, spool: spool, scorer: scorer)
        self.log = log.with("stream", stream.name)
        due = moment.monotonic
    }

    var deadline: Duration? { isFinished || isPaused ? nil : due }

    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool { false }

    func tick(at moment: Moment) throws {
        if isPaused == spool.accepts(stream.name) {
            isPaused.toggle()
            log(.notice, isPaused ? "The spool takes no more events; the file has to wait." : "The file is read again.")
        }
        guard !isPaused, !isFinished, moment.monotonic >= due else { return }
        do {
            let hasRead = try turn(at: moment)
            due = moment.monotonic + (hasRead ? .zero : Self.pollInterval)
        } catch let error as EdgeError {
            guard case .system = error else { throw error }
            log(.warning, "The file cannot be read: \(error).")
            due = moment.monotonic + Self.retryInterval
        }
    }

    /// Reads a piece; false where there was nothing to do.
    private func turn(at moment: Moment) throws -> Bool {
        if file == nil { file = try hasBegun ? EventFile(path: path) : begin(at: moment) }
        guard let file else { return false }
        if file.isReplaced {
            log(.warning, "The file was cut or written anew; it is read from its beginning.", ["file": file.path])
            self.file = try EventFile(path: file.path)
            return true
        }
        if try file.read({ try take($0, upTo: $1, of: file, at: moment) }) { return true }
        let next = try successor(of: file)
        guard next != nil || !stream.follows else { return false }
        // It may have grown between the last look and the rotation.
        while try file.read({ try take($0, upTo: $1, of: file, at: moment) }) {}
        try file.readRest { try take($0, upTo: $1, of: file, at: moment) }
        self.file = next
        isFinished = next == nil
        log(.info, isFinished ? "The file is read to its end." : "The next file is read.", ["file": next?.path ?? path])
        return true
    }

    private func take(
        _ line: UnsafeRawBufferPointer, upTo offset: Int64, of file: EventFile, at moment: Moment
    ) throws {
        let position = file.mark.map { SourcePosition(offset: offset, mark: $0) }
        if let position { spool.expect(position, in: stream.name) }
        try recorder.record(line, at: moment)
        if let position { spool.reach(position, in: stream.name, at: moment) }
    }

    /// The file the last run stopped in, where it stopped; the named one from its beginning where there is none.
    private func begin(at moment: Moment) throws -> EventFile? {
        guard let position = spool.position(of: stream.name) else {
            let first = try EventFile(path: path)
            hasBegun = first != nil
            return first
        }
        let all = try candidates()
        hasBegun = true
        for candidate in all where candidate.mark == position.mark {
            guard candidate.status.st_size >= position.offset else { break }
            candidate.offset = position.offset
            log(.info, "The file is read on.", ["file": candidate.path, "offset": "\(position.offset)"])
            return candidate
        }
        log(.warning, "The file that was read last is gone; a gap is declared.", ["file": path])
        let gap = Gap(toMilliseconds: moment.milliseconds, events: 0, bytes: 0, reason: "missed")
        spool.declare(gap, in: stream.name, at: moment)
        return try EventFile(path: path)
    }

    /// The file that was begun after `file`; nil while that is the named one, or the named one is not there yet.
    private func successor(of file: EventFile) throws -> EventFile? {
        var named = stat()
        guard stat(path, &named) == 0, named.st_ino != file.status.st_ino else { return nil }
        let all = try candidates()
        guard let place = all.firstIndex(where: { $0.status.st_ino == file.status.st_ino }) else {
            return try EventFile(path: path)
        }
        return all[(place + 1)...].first
    }

    /// The rotated files, the one last written to last, and then the named one.
    private func candidates() throws -> [EventFile] {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let (folder, name) = (String(path[..<slash]), String(path[path.index(after: slash)...]))
        guard let directory = opendir(folder.isEmpty ? "/" : folder) else {
            throw EdgeError.system(action: "list", path: folder, reason: StateDirectory.reason)
        }
        defer { closedir(directory) }
        var rotated: [EventFile] = []
        while let entry = readdir(directory) {
            let other = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard other.hasPrefix(name), Self.isRotation(other.dropFirst(name.count)) else { continue }
            if let file = try EventFile(path: "\(folder)/\(other)"), file.isRegular { rotated.append(file) }
        }
        rotated.sort { Self.time($0) < Self.time($1) }
        return try rotated + [EventFile(path: path)].compactMap { $0 }
    }

    private static func isRotation(_ suffix: Substring) -> Bool {
        guard let first = suffix.first, first == "." || first == "-", suffix.count > 1 else { return false }
        return suffix.dropFirst().allSatisfy { ("0"..."9").contains($0) }
    }

    private static func time(_ file: EventFile) -> (Int, Int) {
        (file.status.st_mtim.tv_sec, file.status.st_mtim.tv_nsec)
    }
}
