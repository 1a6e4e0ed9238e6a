import StreamDefinition

/// Makes a history's rows of its records: each version once, echoes left out, and the latest of each thing.
struct RecordsOfHistory {
    /// A record of the thing at hand: where its identity, time, other columns and owner's columns begin.
    private struct Version {
        let start, timeStart, restStart, ownerStart, end: Int
        let time: Int64
        var isEcho = false
    }

    private let layout: HistoryLayout
    private let echo: EchoRule?
    private var revisions: RecordSorter
    private var latest: RecordSorter
    /// The records of the thing at hand, in their order, each once.
    private var bytes: [UInt8] = []
    private var versions: [Version] = []

    /// - Parameters:
    ///   - folder: where files go.
    ///   - blockBytes: how much is sorted at once, of each table.
    init(_ layout: HistoryLayout, echo: EchoRule?, in folder: String, blockBytes: Int) {
        (self.layout, self.echo) = (layout, echo)
        revisions = RecordSorter(in: folder, blockBytes: blockBytes)
        latest = RecordSorter(in: folder, blockBytes: blockBytes)
    }

    /// The rows of all records, in their tables' order.
    mutating func merge(_ runs: [RecordRun]) throws -> (revisions: [RecordRun], latest: [RecordRun]) {
        try RecordMerge.forEach(runs) { try add($0) }
        try finishThing()
        return (revisions.finish(), latest.finish())
    }

    private mutating func add(_ record: UnsafeBufferPointer<UInt8>) throws {
        var reader = RecordReader(record)
        reader.skip(1)
        let timeStart = reader.position
        guard case .integer(let time) = reader.next() else { preconditionFailure("a message has a time") }
        let restStart = reader.position
        reader.skip(layout.revisionCells - 2)
        if let first = versions.first, !isEqual(record.part(0..<timeStart), first.start..<first.timeStart) {
            try finishThing()
        }
        if let last = versions.last, isEqual(record, last.start..<last.end) { return }
        let start = bytes.count
        bytes.append(contentsOf: record)
        versions.append(
            Version(
                start: start, timeStart: start + timeStart, restStart: start + restStart,
                ownerStart: start + reader.position, end: bytes.count, time: time))
    }

    private func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: Range<Int>) -> Bool {
        left.count == right.count
            && bytes.withUnsafeBufferPointer { CellOrder.compare(left, $0.part(right)) == 0 }
    }

    private func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        bytes.withUnsafeBufferPointer { CellOrder.compare($0.part(left), $0.part(right)) }
    }

    /// Writes the rows of the thing at hand.
    private mutating func finishThing() throws {
        guard let newest = versions.last else { return }
        if versions.count > 1 { markEchoes() }
        var last: Version?
        for version in versions where !version.isEcho {
            // Of messages that differ in their owner's columns alone there is one revision.
            if let last, compare(last.start..<last.ownerStart, version.start..<version.ownerStart) == 0 { continue }
            try addRevision(version)
            last = version
        }
        if let last, layout.hasLatest { try addLatest(owner: greatestOwner(newest.time), revision: last) }
        bytes.removeAll(keepingCapacity: true)
        versions.removeAll(keepingCapacity: true)
    }

    private mutating func markEchoes() {
        guard let echo else { return }
        for precise in versions where echo.isPrecise(precise.time) {
            for time in echo.wholeTimes(around: precise.time) {
                var place = firstVersion(from: time)
                while place < versions.count, versions[place].time == time {
                    let version = versions[place]
                    if compare(precise.restStart..<precise.ownerStart, version.restStart..<version.ownerStart) == 0 {
                        versions[place].isEcho = true
                    }
                    place += 1
                }
            }
        }
    }

    /// The place of the first version of that time or a later one.
    private func firstVersion(from time: Int64) -> Int {
        var (low, high) = (0, versions.count)
        while low < high {
            let middle = (low + high) / 2
            if versions[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Of the newest messages the one whose owner's columns are the greatest.
    private func greatestOwner(_ newestTime: Int64) -> Version {
        var greatest = versions[versions.count - 1]
        for version in versions.reversed() {
            if version.time < newestTime { break }
            if compare(greatest.ownerStart..<greatest.end, version.ownerStart..<version.end) < 0 { greatest = version }
        }
        return greatest
    }

    private mutating func addRevision(_ version: Version) throws {
        revisions.append(layout.dayRank(of: version.time))
        bytes.withUnsafeBufferPointer { bytes in
            revisions.append(cells: bytes.part(version.timeStart..<version.restStart))
            revisions.append(cells: bytes.part(version.start..<version.timeStart))
            revisions.append(cells: bytes.part(version.restStart..<version.ownerStart))
        }
        try revisions.endRecord()
    }

    private mutating func addLatest(owner: Version, revision: Version) throws {
        if layout.isLatestDivided { latest.append(layout.dayRank(of: revision.time)) }
        bytes.withUnsafeBufferPointer { bytes in
            for source in layout.latestSources {
                let record = source.isOwner ? owner : revision
                var reader = RecordReader(bytes, at: source.isOwner ? record.ownerStart : record.start)
                reader.skip(source.cell)
                let start = reader.position
                reader.skip(1)
                latest.append(cells: bytes.part(start..<reader.position))
            }
        }
        try latest.endRecord()
    }
}
