import Cryptography
import SQLite

/// The batches of a damaged spool, found by looking at every page of the file: what SQLite cannot lead to any more, since
/// the pages on the way are damaged, may be whole all the same.
///
/// The file is gone through in pieces, so that collection never waits for it long. Pages that are free may still hold
/// batches of long ago: their frames fit their digest like any other's, and the cloud counts what comes twice once.
final class SpoolLeaves {
    /// How many pages are looked at in one turn of the loop: 2 MiB.
    private static let pagesAtOnce = 1024
    private static let pageBytes = SpoolSettings.pageBytes
    /// No row is longer; damage may say so, and lead in a circle.
    private static let longestRecord = 16 << 20
    private static let batchColumns = 18
    private static let segmentColumns = 8
    /// The bytes of a record that tell its table: its columns' types stand at its beginning.
    private static let tellingBytes = 64

    /// Where a row stands: the page, from 1, and the row's place on it.
    private struct Place {
        let page: Int
        let index: Int
    }

    private let folder: any SpoolFolder
    private let file: String
    private let pageCount: Int
    private var nextPage = 1
    private var batches: [Int64: [Place]] = [:]
    private var segments: [Int64: Place] = [:]

    init(_ file: String, in folder: any SpoolFolder) {
        self.file = file
        self.folder = folder
        pageCount = (folder.byteCount(of: file) ?? 0) / Self.pageBytes
    }

    /// Whether every page has been looked at.
    var isComplete: Bool { nextPage > pageCount }

    /// The rows of the batches that were found; nil where there is none.
    var rows: ClosedRange<Int64>? {
        guard let first = batches.keys.min(), let last = batches.keys.max() else { return nil }
        return first...last
    }

    /// Looks at some pages more. What cannot be read is passed over.
    func goOn() {
        let count = min(Self.pagesAtOnce, pageCount - nextPage + 1)
        guard count > 0 else { return }
        defer { nextPage += count }
        guard let bytes = read(from: nextPage, count) else { return }
        for number in 0..<count {
            let start = number * Self.pageBytes
            guard start + Self.pageBytes <= bytes.count else { return }
            note(TableLeaf(page: bytes[start..<start + Self.pageBytes], number: nextPage + number), bytes[start...])
        }
    }

    private func note(_ leaf: TableLeaf, _ page: ArraySlice<UInt8>) {
        let pageNumber = nextPage + page.startIndex / Self.pageBytes
        for (index, row) in leaf.rows.enumerated() {
            let start = page[(page.startIndex + row.local.lowerBound)...].prefix(
                min(row.local.count, Self.tellingBytes))
            switch TableLeaf.kinds(ofRecord: Array(start)) {
            case let kinds? where kinds.count == Self.batchColumns && kinds[1] == .text && kinds[3] == .text:
                batches[row.identifier, default: []].append(Place(page: pageNumber, index: index))
            case let kinds? where kinds.count == Self.segmentColumns && kinds[1] == .integer && kinds[7] == .blob:
                segments[row.identifier] = Place(page: pageNumber, index: index)
            default: break
            }
        }
    }

    /// The batch of that row, as far as it can be found: whole, or as it was being filled, or with its counts alone.
    func batch(_ row: Int64) -> SalvagedBatch? {
        let versions = (batches[row] ?? []).compactMap(values).sorted { ($0[2].integer ?? 0) > ($1[2].integer ?? 0) }
        var best: SalvagedBatch?
        for values in versions {
            let found = SalvagedBatch(values, segments: segments(of: row))
            if case .whole = found { return found }
            if case .open = found { return found }
            best = best ?? found
        }
        return best
    }

    /// The segments of a batch up to the first that is missing.
    private func segments(of row: Int64) -> [[SQLiteValue]] {
        var found: [[SQLiteValue]] = []
        while let place = segments[row << Spool.segmentBits | Int64(found.count)], let values = values(at: place) {
            found.append(Array(values[1...]))
        }
        return found
    }

    /// The values of a row; nil where not all of it can be read.
    private func values(at place: Place) -> [SQLiteValue]? {
        guard let page = read(from: place.page, 1) else { return nil }
        let rows = TableLeaf(page: page[...], number: place.page).rows
        guard rows.indices.contains(place.index) else { return nil }
        let row = rows[place.index]
        guard row.byteCount <= Self.longestRecord else { return nil }
        var record = Array(page[row.local])
        var next = row.overflowPage
        while record.count < row.byteCount {
            guard (1...pageCount).contains(next), let page = read(from: next, 1), page.count == Self.pageBytes else {
                return nil
            }
            record += page[4...].prefix(row.byteCount - record.count)
            next = page[..<4].reduce(0) { $0 << 8 | Int($1) }
        }
        return TableLeaf.values(ofRecord: record)
    }

    private func read(from page: Int, _ count: Int) -> [UInt8]? {
        SalvagedBatch.readable {
            try folder.read(file, from: (page - 1) * Self.pageBytes, limit: count * Self.pageBytes)
        } ?? nil
    }
}
