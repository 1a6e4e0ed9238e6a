import EdgeCollector
import SimulatedDisk

/// One machine with an edge on it: boots it, lets it run, cuts its power, kills it, starts it again.
final class SimulatedDevice {
    /// How long whoever looks after the process waits before starting it again, in milliseconds.
    private static let restartPause: Int64 = 2000
    /// Turns of the loop in one millisecond; more are a loop that spins.
    private static let turnLimit = 1000

    let number: Int
    let cloudLink: Link
    let sourceLink: Link
    private unowned let world: World
    private let configuration: EdgeConfiguration
    private let scenario: Scenario.Device
    private var random: SeededGenerator
    private(set) var disk: SimulatedDisk
    private(set) var edge: Edge?
    private var transfers: SimulatedTransfers?
    private var clock: SimulatedClock
    private var boots = 1
    private var wakeAt: Int64?
    private var wakeNumber = 0
    private var turns = (at: Int64(0), count: 0)
    private var image: SimulatedDisk?
    /// What became of it that the verdict has to know.
    private(set) var record = DeviceRecord()
    /// Whether the machine is without power, or its process is not to be started yet.
    private var isDown = false

    init(_ number: Int, world: World, seed: UInt64) {
        (self.number, self.world) = (number, world)
        scenario = world.scenario.devices[number]
        configuration = world.site.configuration(number, scenario)
        random = SeededGenerator(seed: seed)
        disk = SimulatedDisk(seed: random.next())
        cloudLink = Link(latency: scenario.latency.cloud)
        sourceLink = Link(latency: scenario.latency.source)
        clock = SimulatedClock(world.agenda, error: scenario.clockError, isSynchronized: scenario.isSynchronized)
        if scenario.clockError.magnitude > 1000 { record.hadWrongClock = true }
    }

    /// How long a message to the cloud takes where nothing is wrong, in milliseconds.
    var usualLatency: Int64 { scenario.latency.cloud }
    private var now: Int64 { world.agenda.now }

    func note(_ text: String) { world.trace.note(now, "device \(number)", text) }

    // MARK: - Running

    /// Starts the edge.
    func start() {
        guard edge == nil, !isDown else { return }
        let transfers = SimulatedTransfers(
            device: number, world: world, cloudLink: cloudLink, sourceLink: sourceLink, seed: random.next()
        ) { [unowned self] in disk.isOff }
        transfers.didReceive = { [unowned self] in wake(at: now) }
        transfers.didDeliver = { [unowned self] in record.noteDelivered($0, at: now) }
        let surroundings = EdgeSurroundings(
            clock: clock, transfers: transfers, spoolFolder: SimulatedFolder(disk), seed: random.next(),
            boot: "boot-\(number)-\(boots)", builtMilliseconds: SimulatedClock.built)
        do {
            edge = try Edge(configuration, in: surroundings, log: world.log)
            self.transfers = transfers
            note("starts")
            wake(at: now)
        } catch {
            transfers.die()
            if disk.isOff { return finishPowerOff() }
            note("cannot start: \(error)")
            if disk.fault == nil, !record.mayBeDamaged { world.fail("device \(number) cannot start: \(error)") }
            world.agenda.after(Self.restartPause) { [weak self] in self?.start() }
        }
    }

    /// Lets the loop turn at that time, or earlier where that was said before.
    private func wake(at time: Int64) {
        if let wakeAt, wakeAt <= time { return }
        wakeAt = time
        wakeNumber += 1
        let number = wakeNumber
        world.agenda.at(time) { [weak self] in
            guard let self, number == wakeNumber else { return }
            wakeAt = nil
            turn()
        }
    }

    private func turn() {
        guard let edge else { return }
        turns = turns.at == now ? (now, turns.count + 1) : (now, 1)
        if turns.count > Self.turnLimit { return world.fail("the loop of device \(number) spins") }
        do {
            _ = try edge.noticingDamage { try edge.turn(signals: nil) }
            if disk.isOff { return finishPowerOff() }
            record.noteMemory(edge.spool.unwrittenBytes)
            if record.storedSince == nil, edge.spool.hasStoredEvents(of: world.site.stream) { record.storedSince = now }
            let patience = edge.patience()
            wake(at: now + max(patience > .zero ? 1 : 0, (patience + .nanoseconds(999_999)).milliseconds))
        } catch {
            if disk.isOff { return finishPowerOff() }
            note("has ended itself: \(error)")
            if !record.mayBeDamaged { world.fail("device \(number) has ended itself: \(error)") }
            stop()
            world.agenda.after(Self.restartPause) { [weak self] in self?.start() }
        }
    }

    /// The process is gone, whatever it was about to do.
    func stop() {
        transfers?.die()
        (edge, transfers) = (nil, nil)
        wakeAt = nil
        wakeNumber += 1
    }

    // MARK: - Ends

    /// Kills the process within one of the next operations of its disk, or now; all that was written stays.
    func kill(for span: Int64) {
        end(for: span) { [unowned self] in
            note("is killed")
            disk = disk.killed()
        }
    }

    /// Cuts the power within one of the next operations of the disk, or soon.
    func cutPower(for span: Int64) {
        end(for: span) { [unowned self] in
            note("loses its power")
            disk = disk.crash(seed: random.next())
            boots += 1
            clock = SimulatedClock(world.agenda, error: clock.error, isSynchronized: clock.isSynchronized)
        }
    }

    private var whenOff: (span: Int64, action: () -> Void)?

    private func end(for span: Int64, _ action: @escaping () -> Void) {
        guard whenOff == nil, !isDown else { return }
        whenOff = (span, action)
        let operations = Int.random(in: 0...30, using: &random)
        disk.fault = DiskFault(.powerOff, of: DiskOperation.changes, after: operations)
        world.agenda.after(Int64.random(in: 0...4000, using: &random)) { [weak self] in self?.finishPowerOff() }
    }

    private func finishPowerOff() {
        guard let (span, action) = whenOff else { return }
        whenOff = nil
        isDown = true
        action()
        stop()
        world.agenda.after(span) { [weak self] in
            guard let self else { return }
            isDown = false
            start()
        }
    }

    /// Ends the process in order, as SIGTERM does, and starts it again at once.
    func restart() {
        guard edge != nil, whenOff == nil else { return }
        note("is restarted")
        do {
            try edge?.noticingDamage { try edge?.finish() }
        } catch {
            if !record.mayBeDamaged { world.fail("device \(number) cannot finish: \(error)") }
        }
        stop()
        start()
    }

    // MARK: - Disk and clock

    /// Keeps a copy of the disk for `restoreImage`.
    func takeImage() {
        guard record.storedSince != nil, image == nil, !disk.isOff else { return }
        note("its disk is copied")
        image = disk.killed()
    }

    /// Puts the copy in the disk's place, as who clones a memory card does.
    func restoreImage() {
        guard let copy = image, whenOff == nil, !isDown else { return }
        note("its disk is put back to the copy")
        record.wasRestored = true
        stop()
        (disk, image) = (copy, nil)
        start()
    }

    /// Lets the disk refuse for so many milliseconds.
    func fail(_ kind: DiskFault.Kind, for span: Int64) {
        guard whenOff == nil, !isDown else { return }
        note("its disk is \(kind)")
        let failing = disk
        failing.fault = DiskFault(kind, of: [.write, .resize, .sync], isLasting: true)
        record.hadFailingDisk = true
        world.agenda.after(span) { [weak self] in
            guard let self else { return }
            if failing === disk, whenOff == nil { disk.fault = nil }
        }
    }

    /// Damages a page of the spool, and kills the process so that it has to read it again.
    func damage() {
        let path = "\(SimulatedDisk.folder)/\(SpoolOpening.fileName)"
        guard whenOff == nil, !isDown, var bytes = disk.contents(of: path), bytes.count > 8192 else { return }
        note("its disk is damaged")
        record.mayBeDamaged = true
        let pages = bytes.count / SpoolSettings.pageBytes
        let page = Int.random(in: 1..<pages, using: &random) * SpoolSettings.pageBytes
        for index in page..<page + SpoolSettings.pageBytes where index < bytes.count {
            bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        }
        let damaged = disk.killed()
        damaged.overwrite(path, with: bytes)
        stop()
        disk = damaged
        start()
    }

    /// Sets the wall clock to that error.
    func setClock(error: Int64, isSynchronized: Bool) {
        note("its clock is \(error) ms off")
        (clock.error, clock.isSynchronized) = (error, isSynchronized)
        record.hadWrongClock = true
    }

    /// Lets everything go well from here on.
    func endFaults() {
        if whenOff == nil { disk.fault = nil }
        for link in [cloudLink, sourceLink] { link.mend(at: .max) }
        cloudLink.latency = usualLatency
        image = nil
    }
}
