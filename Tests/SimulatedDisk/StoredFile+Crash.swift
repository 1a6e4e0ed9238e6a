import EdgeCollector

/// What a power cut leaves of the changes that no sync has made safe.
enum CrashStyle: CaseIterable {
    /// None of them.
    case nothing
    /// All of them.
    case everything
    /// The first so many, and the next torn between sectors.
    case beginning
    /// Any of them, the last torn between sectors.
    case some
    /// Of each sector any content it has had.
    case sectors
}

extension StoredFile {
    private static let sectorBytes = 512

    func afterCrash(_ style: CrashStyle, using random: inout SeededGenerator) -> ByteStore {
        let left = safe.copy()
        switch style {
        case .nothing: break
        case .everything: for change in changes { Self.apply(change, to: left) }
        case .beginning:
            let kept = Int.random(in: 0...changes.count, using: &random)
            for change in changes.prefix(kept) { Self.apply(change, to: left) }
            if kept < changes.count { Self.tear(changes[kept], over: left, using: &random) }
        case .some:
            let survivors = changes.filter { _ in Bool.random(using: &random) }
            for change in survivors.dropLast() { Self.apply(change, to: left) }
            if let last = survivors.last { Self.tear(last, over: left, using: &random) }
        case .sectors: chooseSectors(for: left, using: &random)
        }
        return left
    }

    /// Some sectors of the change are done, some are not, now and then one is garbage.
    private static func tear(_ change: Change, over left: ByteStore, using random: inout SeededGenerator) {
        guard case .write(let bytes, let offset) = change.content else { return }
        forEachSector(of: offset..<offset + bytes.count) { part in
            switch Int.random(in: 0..<16, using: &random) {
            case 0..<8: left.write(bytes.start + (part.lowerBound - offset), part.count, at: part.lowerBound)
            case 8:
                var garbage = random.next()
                let length = min(part.count, MemoryLayout.size(ofValue: garbage))
                left.write(&garbage, length, at: part.lowerBound)
            default: break
            }
        }
    }

    /// Plays all changes again and lets each sector, and the size, stop at any moment of it.
    private func chooseSectors(for left: ByteStore, using random: inout SeededGenerator) {
        let played = left.copy()
        var size = (chosen: left.count, moments: 1)
        var moments: [Int: Int] = [:]
        for change in changes {
            Self.apply(change, to: played)
            if played.count != size.chosen {
                size.moments += 1
                if Int.random(in: 0..<size.moments, using: &random) == 0 { size.chosen = played.count }
            }
            guard case .write(let bytes, let offset) = change.content else { continue }
            Self.forEachSector(of: offset..<offset + bytes.count) { part in
                let sector = part.lowerBound / Self.sectorBytes
                let seen = moments[sector, default: 1] + 1
                moments[sector] = seen
                guard Int.random(in: 0..<seen, using: &random) == 0 else { return }
                let start = sector * Self.sectorBytes
                let length = min(Self.sectorBytes, played.count - start)
                left.write(played.start + start, length, at: start)
            }
        }
        left.resize(size.chosen)
    }

    private static func forEachSector(of range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, (start / sectorBytes + 1) * sectorBytes)
            body(start..<end)
            start = end
        }
    }
}
