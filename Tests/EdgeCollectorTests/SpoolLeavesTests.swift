import SimulatedDisk
import Testing

@testable import EdgeCollector

/// Pages of a spool that no disk would write, but damage may.
@Suite struct SpoolLeavesTests {
    private static let file = "damaged"
    private static let row: UInt8 = 7
    /// More than that a record never has.
    private static let longest = 16 << 20

    /// The rest of the row stands on a page that says it goes on on itself: a circle that ends nowhere.
    @Test(arguments: [(longest, true), (longest + 1, false), (1 << 40, false)])
    func rowThatLeadsInACircleIsFollowedToItsLimit(byteCount: Int, isRead: Bool) throws {
        let folder = SimulatedFolder(SimulatedDisk())
        let nothing = [UInt8](repeating: 0, count: SpoolSettings.pageBytes)
        let circle = [0, 0, 0, 3] + nothing.dropFirst(4)
        #expect(try folder.create(Self.file, nothing + Self.page(ofRow: byteCount, goingOnAt: 3) + circle))
        let leaves = SpoolLeaves(Self.file, in: folder)
        while !leaves.isComplete { leaves.goOn() }
        #expect(leaves.rows == Int64(Self.row)...Int64(Self.row))
        #expect((leaves.batch(Int64(Self.row)) != nil) == isRead)
    }

    /// A leaf with one row of the table `batches`: all null but two empty texts and a blob that fills the record.
    private static func page(ofRow byteCount: Int, goingOnAt overflow: UInt8) -> [UInt8] {
        let size = SpoolSettings.pageBytes
        let types = [0, 13, 0, 13, 0, 0, 0].map { [UInt8($0)] }
        let blob = variableInteger(12 + 2 * (byteCount - 1 - 17 - 9))
        let header = types.flatMap(\.self) + blob + [UInt8](repeating: 0, count: 10)
        let start = variableInteger(byteCount) + [row] + [UInt8(header.count + 1)] + header
        var page = [UInt8](repeating: 0, count: size)
        let least = (size - 12) * 32 / 255 - 23
        let local = least + (byteCount - least) % (size - 4)
        let prefix = variableInteger(byteCount).count + 1
        let cell = size - prefix - (local <= size - 35 ? local : least) - 4
        page.replaceSubrange(0..<5, with: [0x0D, 0, 0, 0, 1])
        page.replaceSubrange(8..<10, with: [UInt8(cell >> 8), UInt8(cell & 0xFF)])
        page.replaceSubrange(cell..<min(cell + start.count, size), with: start)
        page.replaceSubrange((size - 4)..., with: [0, 0, 0, overflow])
        return page
    }

    /// SQLite's number, always of nine bytes.
    private static func variableInteger(_ number: Int) -> [UInt8] {
        (1...8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 + 7 * ($0 - 1))) | 0x80 }
            + [UInt8(truncatingIfNeeded: number)]
    }
}
