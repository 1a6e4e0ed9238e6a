import BatchFormat
import SQLite
import SimulatedDisk

@testable import EdgeCollector

/// A spool on a simulated disk beside its model: what is done to the one is noted in the other.
final class SpoolDiskRun {
    typealias Violation = SpoolDiskModel.Violation

    private(set) var disk: SimulatedDisk
    private(set) var model = SpoolDiskModel()
    private(set) var random: SeededGenerator
    private(set) var moment = Moment(monotonic: .seconds(100), milliseconds: SpoolFixture.start, clock: .synchronized)
    /// What was done, for whoever looks into a failure.
    private(set) var trace: [String] = []

    /// How often the log looked damaged: as it may where its header is torn, or after syncs that have failed.
    private(set) var caution = 0
    /// Whether the spool could not be opened a first time.
    private(set) var hasReopened = false

    private let settings: SpoolSettings
    /// Small, so that a short run moves the log into the database many times.
    private let logPages: Int
    private var opened: Spool?
    private var nextLine = 0
    private var nextEpoch: Int64 = 1
    private var travelling: [(file: SealedFile, manifest: Manifest)] = []

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        disk = SimulatedDisk(seed: random.next())
        var settings = SpoolSettings()
        settings.flushBytes = Int.random(in: 1...4, using: &random) << 10
        settings.sealBytes = Int.random(in: 2...16, using: &random) << 10
        settings.sealInterval = .seconds(3)
        settings.quotaBytes = (SpoolSettings.logPages * SpoolSettings.pageBytes) + (300 << 10)
        settings.compressionLevel = 1
        self.settings = settings
        logPages = Int.random(in: 5...120, using: &random)
    }

    static func time(_ line: Int) -> Int64 { SpoolFixture.start + Int64(line) }

    /// The text of a line: its number, and letters of which every second line has hardly compressible ones.
    static func line(_ number: Int) -> [UInt8] {
        firstLines.indices.contains(number) ? firstLines[number] : makeLine(number)
    }

    private static let firstLines = (0..<800).map(makeLine)

    private static func makeLine(_ number: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(number))
        let length = Int(random.next() % 1500)
        let filling = number % 2 == 0 ? random.noise(length) : [UInt8](repeating: UInt8(ascii: "x"), count: length)
        return Array("\(number):".utf8) + filling
    }

    // MARK: Opening and closing

    /// The spool; opened where it is not open. An opening that fails with the disk is tried again on a sound one.
    @discardableResult
    func spool() throws -> Spool {
        if let opened { return opened }
        do {
            return try open()
        } catch  where disk.hasFailed && !disk.isOff {
            hasReopened = true
            strike(nil)
            return try open()
        }
    }

    private func open() throws -> Spool {
        var complaint: SpoolRecovery?
        let spool = try SpoolOpening(
            state: SimulatedFolder(disk), settings: settings, identity: SpoolFixture.identity,
            streams: SpoolDiskModel.names
        ).open(at: moment) { [unowned self] recovery in
            switch recovery {
            case .completed: break
            case .cutShort: caution += 1
            case .lost, .movedAside, .salvaged: complaint = recovery
            }
        }
        if let complaint { throw Violation("a sound spool was not taken for sound: \(complaint)") }
        try spool.database.execute("PRAGMA wal_autocheckpoint = \(logPages)")
        opened = spool
        return spool
    }

    /// Cuts the power or kills the process, opens what is left and holds it against the model.
    func crash(isPowerCut: Bool = true) throws {
        note(isPowerCut ? "power cut" : "kill")
        let next = isPowerCut || disk.isOff ? disk.crash(seed: random.next()) : disk.killed()
        opened = nil
        disk = next
        try check(hasCrashed: true)
    }

    /// Ends and begins as an orderly restart does.
    func restart() throws {
        note("restart")
        try spool().closeAll(at: moment)
        let isComplete = opened?.writeFailure == nil
        if isComplete { settle() }
        opened = nil
        try check(hasCrashed: !isComplete)
    }

    private func check(hasCrashed: Bool) throws {
        travelling = []
        let spool = try spool()
        try model.check(disk.calmly { try SpoolDiskContents(of: spool) }, hasCrashed: hasCrashed)
        guard let epoch = spool.epoch else { return }
        guard epoch < nextEpoch else { throw Violation("epoch \(epoch) was never granted") }
    }

    /// Lifts every fault, lets the spool come round, and compares.
    func recover() throws {
        disk.fault = nil
        note("recover")
        for _ in 0..<5 { try pass(.seconds(2)) }
        let spool = try spool()
        guard spool.writeFailure == nil else {
            throw Violation("it does not go on: \(spool.writeFailure ?? "")")
        }
        try restart()
    }

    // MARK: What a spool is used for

    func append(_ count: Int, to stream: String) throws {
        let spool = try spool()
        note("append \(count) to \(stream)")
        for _ in 0..<count where spool.isAccepting {
            let line = Self.line(nextLine)
            let time = Self.time(nextLine)
            model.streams[stream]?.lines.append(nextLine)
            nextLine += 1
            let behind = SourcePosition(offset: Int64(model.streams[stream]?.lines.count ?? 0), mark: "file")
            spool.expect(behind, in: stream)
            try line.withUnsafeBytes { try spool.append($0, to: stream, time: time, at: moment) }
            spool.reach(behind, in: stream, at: moment)
            settle(stream)
        }
    }

    /// Lets time pass.
    func pass(_ span: Duration) throws {
        note("pass \(span)")
        moment.monotonic += span
        moment.milliseconds += span.milliseconds
        try spool().tick(at: moment)
        settle()
    }

    func close(_ stream: String?) throws {
        note("close \(stream ?? "all")")
        let spool = try spool()
        if let stream { try spool.closeBatch(of: stream, at: moment) } else { try spool.closeAll(at: moment) }
        settle()
    }

    func adopt() throws {
        let spool = try spool()
        guard spool.epoch == nil else { return }
        note("adopt \(nextEpoch)")
        nextEpoch += 1
        _ = try spool.adopt(epoch: nextEpoch - 1)
        settle()
    }

    /// Takes the oldest batch that does not travel yet.
    func send() throws {
        let spool = try spool()
        guard let row = try spool.nextSealed(excluding: Set(travelling.map(\.file.row))) else { return }
        guard let file = try spool.sealedFile(row, at: moment) else {
            if disk.fault == nil { throw Violation("batch \(row) is not to be had") }
            return
        }
        note("send \(file.identity)")
        try model.offer(file)
        travelling.append((file, try SealedBatch.open(file.bytes, key: SpoolFixture.key.publicKey).manifest))
    }

    /// Lets the cloud merge a batch; the receipt may get lost, or be for something else.
    func receive(isLost: Bool = false) throws {
        guard let index = travelling.indices.randomElement(using: &random) else { return }
        let (file, manifest) = travelling.remove(at: index)
        let spool = try spool()
        note("receipt for \(file.identity)\(isLost ? ", lost" : "")")
        var receipt = spool.receipt(for: manifest, at: moment)
        if isLost {
            receipt.manifestSHA256 = Manifest.noPrevious
            guard try !spool.acknowledge(file.row, receipt, at: moment) else {
                throw Violation("a receipt for other content has freed \(file.identity)")
            }
            return
        }
        try merge(manifest, SealedBatch.open(file.bytes, key: SpoolFixture.key.publicKey).events)
        guard try spool.acknowledge(file.row, receipt, at: moment) || disk.fault != nil else {
            throw Violation("the receipt for \(file.identity) is not taken")
        }
    }

    private func merge(_ manifest: Manifest, _ events: [UInt8]) throws {
        let lines = try SpoolDiskContents.numbers(in: events)
        model.mergedLines.formUnion(lines)
        model.doubtful.removeAll { $0.lines == lines }
        model.merged[manifest.identity] = manifest
    }

    func giveUp() throws {
        // What the cloud has merged once it never refuses.
        guard let (file, manifest) = travelling.popLast(), model.merged[file.identity] == nil else { return }
        note("give up \(file.identity)")
        let lines = try SpoolDiskContents.numbers(
            in: SealedBatch.open(file.bytes, key: SpoolFixture.key.publicKey).events)
        let spool = try spool()
        if try spool.giveUp(file.row, reason: "refused", keepingFile: true, at: moment) {
            model.doubtful.removeAll { $0.lines == lines }
            model.gone.formUnion(lines)
            model.streams[manifest.stream]?.declared["refused", default: .init()].safe += Int64(lines.count)
            model.streams[manifest.stream]?.declare(Int64(lines.count), "refused")
        } else {
            model.doubtful.append((manifest.stream, lines, "refused"))
        }
    }

    func abandonEpoch() throws {
        note("abandon the epoch")
        travelling = []
        try spool().abandonEpoch()
    }

    func setAside(_ stream: String) throws {
        note("set aside in \(stream)")
        let spool = try spool()
        [UInt8](repeating: 10, count: 40).withUnsafeBytes {
            spool.setAside($0, of: stream, reason: "line-feed", at: moment)
        }
        model.streams[stream]?.declare(1, "line-feed")
    }

    func hold(_ stream: String) throws {
        let spool = try spool()
        model.streams[stream]?.wasHeld = true
        if let resume = spool.resumePoint(of: stream), Bool.random(using: &random) {
            spool.holdResumePoint(of: stream, at: resume)
        } else {
            spool.releaseResumePoint(of: stream, at: moment)
        }
    }

    func strike(_ fault: DiskFault?) {
        note("fault \(fault.map { "\($0)" } ?? "none")")
        disk.fault = fault
    }

    func choose<Choices: Collection>(_ choices: Choices) -> Choices.Element? {
        choices.randomElement(using: &random)
    }

    /// Notes as safe what the spool says it has written down.
    private func settle() {
        for stream in SpoolDiskModel.names { settle(stream) }
    }

    private func settle(_ stream: String) {
        guard let opened, opened.writeFailure == nil, !opened.batch(of: stream).isUnwritten else { return }
        model.streams[stream]?.settle()
    }

    private func note(_ action: String) {
        trace.append(action)
    }
}
