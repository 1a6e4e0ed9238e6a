import BatchFormat
import Cryptography
import EdgeCollector
import FleetProtocol
import JSON

/// A spool is filled, cut off in the middle of a batch, opened again, filled up and sealed: no written message is lost.
struct SpoolCheck {
    /// The file of a sealed batch that `ExchangeCheck` reads.
    static func batchName(_ sequence: Int64) -> String { "batch-\(sequence)" }

    let material: Material
    let folder: StateDirectory

    private var stream: String { material.plan.name }

    func run() throws {
        var moment = Moment(monotonic: .seconds(100), milliseconds: 1_790_000_000_000, clock: .floor)
        let cut = StateDirectory(path: folder.path(of: "cut"))
        let unwritten = 10
        let third = material.lines.count / 3
        try fillAndCut(third, unwritten: unwritten, copy: cut, at: &moment)

        let spool = try open(cut, at: moment)
        SelfCheck.report("spool, resume point", spool.resumePoint(of: stream).map { "\($0)" } ?? "none")
        SelfCheck.report("spool, backlog", spool.backlog.batches)
        try append(material.lines[(2 * third)...], to: spool, at: moment)
        try spool.closeAll(at: moment)
        try readBack(spool, at: moment)
    }

    /// One batch that is sealed, one that is open and written down, and some messages that are in memory alone; then
    /// the files are copied as a kill would leave them.
    private func fillAndCut(
        _ third: Int, unwritten: Int, copy: StateDirectory, at moment: inout Moment
    ) throws {
        let state = StateDirectory(path: folder.path(of: "spool"))
        let spool = try open(state, at: moment)
        try append(material.lines[..<third], to: spool, at: moment)
        advance(&moment, seconds: 60)
        try spool.tick(at: moment)
        try SelfCheck.require(try spool.adopt(epoch: 1), "the epoch is not adopted")
        try append(material.lines[third..<(2 * third)], to: spool, at: moment)
        advance(&moment, seconds: 2)
        try spool.tick(at: moment)
        try append(material.lines[(2 * third)..<(2 * third + unwritten)], to: spool, at: moment)

        try copy.create()
        for name in [SpoolOpening.fileName, SpoolOpening.fileName + "-wal"] {
            if let bytes = try state.read(name) { try copy.replace(name, bytes) }
        }
    }

    private func readBack(_ spool: Spool, at moment: Moment) throws {
        var seen: Set<Int64> = []
        var events: [UInt8] = []
        var previous = Manifest.noPrevious
        while let row = try spool.nextSealed(excluding: seen) {
            seen.insert(row)
            guard let file = try spool.sealedFile(row, at: moment) else {
                throw CheckFailure(description: "sealed batch \(row) is damaged")
            }
            let batch = try SealedBatch.open(file.bytes, key: material.key.publicKey)
            try SelfCheck.require(batch.manifest.previous == previous, "\(file.identity) is not chained")
            previous = batch.manifest.sha256
            events += batch.events
            try folder.replace(Self.batchName(file.identity.sequence), file.bytes)
            SelfCheck.report("spool, batch", batch.manifest.whatAllMachinesShare)
        }
        let sent = material.lines.flatMap { $0 + [EventLines.lineFeed] }
        try SelfCheck.require(events == sent, "the sealed batches are not the messages")
        SelfCheck.report("spool, all events", Hexadecimal.encode(SHA256.digest(events)))
    }

    private func open(_ state: StateDirectory, at moment: Moment) throws -> Spool {
        try state.create()
        // Batches are closed by time and by number of bytes before compression: the same ones on all machines.
        var settings = SpoolSettings()
        settings.sealBytes = 64 << 20
        let identity = SpoolIdentity(
            device: material.key.publicKey.deviceIdentifier, fleet: "self-check", key: material.key, boot: "boot")
        return try SpoolOpening(state: state, settings: settings, identity: identity, streams: [stream])
            .open(at: moment) { SelfCheck.report("spool, recovery", $0) }
    }

    private func append(_ lines: ArraySlice<[UInt8]>, to spool: Spool, at moment: Moment) throws {
        let parser = try JSONParser()
        for line in lines {
            var time: Int64?
            var isMalformed = false
            do {
                time = try parser.parse(line) { $0[material.plan.time]?.integer }
            } catch is JSONError {
                isMalformed = true
            }
            try line.withUnsafeBytes {
                try spool.append($0, to: stream, time: time, isMalformed: isMalformed, at: moment)
            }
        }
    }

    private func advance(_ moment: inout Moment, seconds: Int64) {
        moment.monotonic += .seconds(seconds)
        moment.milliseconds += seconds * 1000
    }
}

extension Manifest {
    /// The manifest without what depends on the version of zstd.
    var whatAllMachinesShare: String {
        var shared = self
        shared.framesBytes = 0
        shared.framesSHA256 = [UInt8](repeating: 0, count: SHA256.byteCount)
        shared.previous = Manifest.noPrevious
        return String(decoding: shared.json, as: UTF8.self)
    }
}
