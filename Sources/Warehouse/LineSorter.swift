import Glibc

/// Sorts lines by their bytes in bounded memory: what does not fit goes to disk in sorted runs, which are merged.
///
/// A line ends with a line feed and holds no other. The runs are nameless files in the system's temporary folder.
final class LineSorter {
    /// The bytes that are sorted at once.
    static let runBytes = 32 << 20

    private let runBytes: Int
    private var bytes: [UInt8] = []
    /// Where each line begins, and behind the last one its end.
    private var starts: [Int] = [0]
    private var runs: [SortedRun] = []

    /// - Parameter runBytes: the bytes that are sorted at once; at least one line is.
    init(runBytes: Int = LineSorter.runBytes) {
        self.runBytes = runBytes
    }

    /// Takes a line.
    func add(_ line: [UInt8]) throws(WarehouseError) {
        if bytes.count + line.count > runBytes, !bytes.isEmpty { try spill() }
        bytes += line
        starts.append(bytes.count)
    }

    /// Hands over all lines in their order; the sorter is empty afterwards.
    func forEachLine(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        defer {
            removeLines()
            runs = []
        }
        if runs.isEmpty {
            for line in order() { try body(bytes[line]) }
            return
        }
        try spill()
        for run in runs { try run.rewind() }
        var heads = runs.indices.filter { runs[$0].line != nil }
        while let first = heads.min(by: { isBefore(runs[$0].line, runs[$1].line) }) {
            if let line = runs[first].line { try body(line[...]) }
            try runs[first].advance()
            if runs[first].line == nil { heads.removeAll { $0 == first } }
        }
    }

    private func spill() throws(WarehouseError) {
        let run = try SortedRun()
        for line in order() { try run.append(bytes[line]) }
        runs.append(run)
        removeLines()
    }

    private func removeLines() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
    }

    /// The places of the lines in memory, in the order of the lines.
    private func order() -> [Range<Int>] {
        var lines = zip(starts, starts.dropFirst()).map { $0..<$1 }
        bytes.withUnsafeBufferPointer { bytes in
            lines.sort {
                CellOrder.compare(UnsafeBufferPointer(rebasing: bytes[$0]), UnsafeBufferPointer(rebasing: bytes[$1]))
                    < 0
            }
        }
        return lines
    }

    private func isBefore(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool {
        guard let left, let right else { return right != nil }
        return left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { CellOrder.compare(left, $0) < 0 }
        }
    }
}
