import BatchFormat

/// Judges a run that has come to rest.
struct Verdict {
    /// How far before its resume point a device may have lost messages that came late, in milliseconds.
    private static let slack: Int64 = 60_000
    /// What one stream may hold in memory, with what one turn may read on top.
    private static let memoryLimit = 5 << 20

    private let world: World
    private var ledger: CloudLedger { world.cloud.ledger }

    init(_ world: World) {
        self.world = world
    }

    /// Tells the world what does not hold.
    func judge() {
        for complaint in ledger.complaints { world.fail(complaint) }
        if ledger.invented > 0 { world.fail("\(ledger.invented) events were never sent by the source") }
        for device in world.devices {
            judgeConflicts(device)
            judgeOrder(device)
            judgeRepetition(device)
            judgeCompleteness(device)
            if device.record.memoryBytes > Self.memoryLimit {
                world.fail("device \(device.number) held \(device.record.memoryBytes) bytes in memory")
            }
        }
        do {
            if try ledger.tablesAreRight() == false { world.fail("the tables are not those that the events make") }
        } catch {
            world.fail("the tables cannot be read: \(error)")
        }
    }

    /// Only who works on an old copy of the disk may name two contents alike.
    private func judgeConflicts(_ device: SimulatedDevice) {
        let count = ledger.conflicts[device.number]
        if count > 0, !device.record.wasRestored {
            world.fail("device \(device.number) gave one identity to two contents, \(count) times")
        }
    }

    /// In the last epoch each sequence is there, unless a gap says why not, and each manifest follows the one before.
    private func judgeOrder(_ device: SimulatedDevice) {
        // A device that is put back may never come to the names that it had used before.
        guard !device.record.wasRestored else { return }
        let batches = ledger.batches[device.number]
        guard let epoch = batches.keys.map(\.epoch).max() else { return }
        let last = batches.filter { $0.key.epoch == epoch }.sorted { $0.key.sequence < $1.key.sequence }
        let mayHaveHoles = gaps(device).contains { ["damaged", "quota", "refused"].contains($0.reason) }
        for (number, entry) in last.enumerated() where entry.key.sequence != Int64(number + 1) {
            if !mayHaveHoles {
                world.fail("device \(device.number): sequence \(number + 1) of epoch \(epoch) is missing")
            }
            return
        }
        var previous = Manifest.noPrevious
        for (identity, entry) in last {
            if entry.manifest.previous != previous { world.fail("\(identity) does not follow the one before") }
            previous = entry.manifest.sha256
        }
    }

    /// No message has come more often than the device got it, unless batches were sealed anew.
    private func judgeRepetition(_ device: SimulatedDevice) {
        let record = device.record
        guard !record.wasRestored, !record.mayBeDamaged else { return }
        var delivered: [UInt64: Int] = [:]
        for (place, count) in record.delivered {
            delivered[StreamMessage.fingerprint(world.source.messages[place].bytes), default: 0] += count
        }
        for (place, count) in ledger.counts[device.number].sorted(by: { $0.key < $1.key }) {
            let message = world.source.messages[place]
            let most = delivered[StreamMessage.fingerprint(message.bytes)] ?? 0
            if message.isEvent, count > most {
                return world.fail("device \(device.number): message \(place) came \(count) times, not \(most)")
            }
        }
    }

    /// All news since the device first stored something is in the cloud, or a gap says that it is not.
    private func judgeCompleteness(_ device: SimulatedDevice) {
        let counts = ledger.counts[device.number]
        let messages = world.source.messages
        guard let first = device.record.storedSince else {
            return world.fail("device \(device.number) has stored nothing")
        }
        let gaps = gaps(device)
        let missing = messages.filter { message in
            message.kind == .news && message.sentAt >= first && counts[message.index] == nil
                && !gaps.contains { covers($0, message, device) }
        }
        guard let one = missing.first else { return }
        world.fail(
            "device \(device.number): \(missing.count) messages are missing undeclared, the first is \(one.index), "
                + "sent at \(one.sentAt) ms")
    }

    private func gaps(_ device: SimulatedDevice) -> [Gap] {
        ledger.batches[device.number].values.sorted { $0.arrival < $1.arrival }.flatMap(\.manifest.gaps)
    }

    private func covers(_ gap: Gap, _ message: StreamMessage, _ device: SimulatedDevice) -> Bool {
        guard ["missed", "damaged", "quota", "refused"].contains(gap.reason) else { return false }
        if let from = gap.fromMilliseconds, message.time < from - Self.slack { return false }
        if device.record.hadWrongClock { return true }
        return gap.toMilliseconds.map { message.time <= $0 + Self.slack } ?? true
    }
}
