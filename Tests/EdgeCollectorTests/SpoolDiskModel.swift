import BatchFormat

@testable import EdgeCollector

/// What a spool must hold, as plain lists: the other half of the tests over a simulated disk.
struct SpoolDiskModel {
    /// Something the spool has done that it must not.
    struct Violation: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// How many events are declared missing: surely, and with what only memory knows.
    struct Declared {
        var safe: Int64 = 0
        var all: Int64 = 0
    }

    struct Stream {
        /// The numbers of the lines that were appended and not lost since, in order.
        var lines: [Int] = []
        /// So many of them are written down.
        var safe = 0
        /// What is declared missing, by reason.
        var declared: [String: Declared] = [:]
        /// Whether the resume point may still stand where it was held once.
        var wasHeld = false

        /// All that there is is written down.
        mutating func settle() {
            safe = lines.count
            declared = declared.mapValues { Declared(safe: $0.all, all: $0.all) }
        }

        mutating func declare(_ events: Int64, _ reason: String) {
            declared[reason, default: Declared()].all += events
        }
    }

    static let names = ["rsvps", "photos"]
    var streams: [String: Stream] = [:]
    /// Every file that was handed out, by its name.
    var offered: [BatchIdentity: [UInt8]] = [:]
    /// What the cloud has given a receipt for, and the lines in it.
    var merged: [BatchIdentity: Manifest] = [:]
    var mergedLines: Set<Int> = []
    /// The lines that were given up and declared.
    var gone: Set<Int> = []
    /// Batches whose giving up has failed: a power cut may bring it about after all.
    var doubtful: [(stream: String, lines: [Int], reason: String)] = []

    init() {
        for name in Self.names { streams[name] = Stream() }
    }

    /// Takes note of a file that was handed out.
    mutating func offer(_ file: SealedFile) throws {
        if let before = offered[file.identity], before != file.bytes {
            throw Violation("\(file.identity) stands for two contents")
        }
        offered[file.identity] = file.bytes
    }

    /// Holds what is in the spool against what must be. `hasCrashed`: what only memory knew may be lost.
    mutating func check(_ contents: SpoolDiskContents, hasCrashed: Bool) throws {
        try checkNames(contents)
        resolveDoubts(contents)
        for name in Self.names {
            try checkLines(of: name, contents, hasCrashed: hasCrashed)
            try checkGaps(of: name, contents, hasCrashed: hasCrashed)
            try checkResumption(of: name, contents)
        }
    }

    private mutating func checkNames(_ contents: SpoolDiskContents) throws {
        for batch in contents.batches {
            if let file = batch.file { try offer(file) }
            guard let manifest = batch.manifest else { continue }
            if manifest.identity.sequence > 1,
                let last = contents.manifest(before: manifest.identity)
                    ?? merged[
                        BatchIdentity(
                            device: manifest.identity.device, epoch: manifest.identity.epoch,
                            sequence: manifest.identity.sequence - 1)]
            {
                guard manifest.previous == last.sha256 else {
                    throw Violation("\(manifest.identity) does not hang on the batch before")
                }
            }
        }
    }

    private mutating func resolveDoubts(_ contents: SpoolDiskContents) {
        for doubt in doubtful where !contents.holds(doubt.lines) {
            gone.formUnion(doubt.lines)
            streams[doubt.stream]?.declare(Int64(doubt.lines.count), doubt.reason)
            streams[doubt.stream]?.declared[doubt.reason]?.safe += Int64(doubt.lines.count)
        }
        doubtful = []
    }

    /// What is there is, in order and each once, the beginning of what was appended and is not gone.
    private mutating func checkLines(of name: String, _ contents: SpoolDiskContents, hasCrashed: Bool) throws {
        guard var stream = streams[name] else { return }
        var found: [Int] = []
        for batch in contents.batches where batch.stream == name {
            if batch.lines.allSatisfy(mergedLines.contains) {
                try checkReturned(batch)
            } else {
                found += batch.lines
            }
        }
        let expected = stream.lines.filter { !mergedLines.contains($0) && !gone.contains($0) }
        guard found == Array(expected.prefix(found.count)) else {
            throw Violation("\(name) holds \(found), not \(expected)")
        }
        let safe = stream.lines.prefix(stream.safe).filter { !mergedLines.contains($0) && !gone.contains($0) }
        guard found.count >= (hasCrashed ? safe.count : expected.count) else {
            throw Violation("\(name) has lost \(expected.dropFirst(found.count)), \(safe.count) were written down")
        }
        let lost = Set(expected.dropFirst(found.count))
        stream.lines.removeAll(where: lost.contains)
        stream.safe = stream.lines.count
        streams[name] = stream
    }

    /// A batch with a receipt may come back only as it was, or under a later epoch.
    private func checkReturned(_ batch: SpoolDiskContents.Batch) throws {
        guard let manifest = batch.manifest, merged[manifest.identity] == nil else { return }
        let epochs = merged.values.filter { $0.framesSHA256 == manifest.framesSHA256 }.map(\.identity.epoch)
        guard let epoch = epochs.max(), manifest.identity.epoch > epoch else {
            throw Violation("\(manifest.identity) has come back under another name")
        }
    }

    private mutating func checkGaps(of name: String, _ contents: SpoolDiskContents, hasCrashed: Bool) throws {
        guard var stream = streams[name] else { return }
        var found: [String: Int64] = [:]
        for gap in contents.gaps where gap.stream == name {
            if let row = gap.batch, let batch = contents.batches.first(where: { $0.row == row }) {
                if !batch.lines.isEmpty, batch.lines.allSatisfy(mergedLines.contains) { continue }
            }
            found[gap.reason, default: 0] += gap.events
        }
        for manifest in merged.values where manifest.stream == name {
            for gap in manifest.gaps { found[gap.reason, default: 0] += gap.events }
        }
        for reason in Set(found.keys).union(stream.declared.keys) {
            let declared = stream.declared[reason] ?? Declared()
            let count = found[reason] ?? 0
            guard count <= declared.all, count >= (hasCrashed ? declared.safe : declared.all) else {
                throw Violation("\(name) declares \(count) as \(reason), not \(declared.safe)...\(declared.all)")
            }
            stream.declared[reason] = Declared(safe: count, all: count)
        }
        streams[name] = stream
    }

    /// A source goes on neither before nor behind the last line that is there.
    private mutating func checkResumption(of name: String, _ contents: SpoolDiskContents) throws {
        guard let stream = streams[name] else { return }
        let position = contents.positions[name] ?? 0
        guard position == Int64(stream.lines.count) else {
            throw Violation("\(name) goes on at \(position), there are \(stream.lines.count) lines")
        }
        let last = stream.lines.last.map(SpoolDiskRun.time)
        let resume = contents.resumePoints[name] ?? nil
        guard resume == last || (stream.wasHeld && (resume ?? .min) <= (last ?? .min)) else {
            throw Violation("\(name) resumes at \(resume.map(String.init) ?? "-"), not \(last.map(String.init) ?? "-")")
        }
        streams[name]?.wasHeld = resume != last
    }
}
