import StreamDefinition
import Testing

@testable import Warehouse

/// A stream file that is put beside others whose tables are there already.
@Suite struct NewStreamTests {
    private static func plan(_ name: String) throws -> StreamPlan {
        try StreamPlan.load(file: Recordings.package.appending(path: "cloud/streams/\(name).json").path)
    }

    @Test func itsTablesAreMadeByTheFirstWriterAndReadersAreToldSo() throws {
        let (old, new) = try (Self.plan("rsvps"), Self.plan("photos"))
        try TemporaryFolder.with { folder in
            let location = WarehouseLocation.sqlite(path: folder.appending(path: "w.sqlite").path)
            let before = try location.open([old], access: .readWrite).digests()
            let error = #expect(throws: WarehouseError.self) { try location.open([new, old], access: .readOnly) }
            #expect(error?.description.contains("'photos'") == true)
            #expect(error?.description.contains("start 'waystation-cloud serve' once") == true)
            _ = try location.open([new, old], access: .readWrite)
            let both = try location.open([new, old], access: .readOnly).digests()
            #expect(both.map(\.name) == new.tables.map(\.name) + old.tables.map(\.name))
            #expect(both.suffix(old.tables.count) == before[...])
        }
    }

    /// Nothing is lost with a file that is taken away: its tables wait for it.
    @Test func withoutItsFileTheTablesOfAStreamStay() throws {
        let (one, other) = try (Self.plan("rsvps"), Self.plan("event_comments"))
        try TemporaryFolder.with { folder in
            let location = WarehouseLocation.sqlite(path: folder.appending(path: "w.sqlite").path)
            _ = try location.open([one, other], access: .readWrite)
            #expect(try location.open([one], access: .readWrite).digests().count == one.tables.count)
            #expect(try location.open([other], access: .readOnly).digests().count == other.tables.count)
        }
    }
}
