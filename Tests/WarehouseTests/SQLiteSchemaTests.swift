import Foundation
import SQLite
import StreamDefinition
import Testing

@testable import Warehouse

@Suite struct SQLiteSchemaTests {
    private struct Fault: Error {}

    private static func layout(_ steps: [String]) -> WarehouseLayout {
        WarehouseLayout(
            steps: WarehouseLayout.current.steps + steps.map { sql in .init(name: "more") { _ in [sql] } })
    }

    private func prepare(_ path: String, _ layout: WarehouseLayout, _ access: WarehouseAccess = .readWrite) throws {
        let database = try SQLiteDatabase(path: path, access: access == .readWrite ? .readWrite : .readOnly)
        try SQLiteSchema(database: database, path: path, layout: layout).prepare([], access: access)
    }

    private func storedLayout(_ path: String) throws -> Int64? {
        try SQLiteDatabase(path: path).prepare("PRAGMA user_version").firstRow()?.first?.integer
    }

    /// What was made by the first released version, with the dump of a real file of it.
    @Test func aFileOfLayoutOneIsBroughtUpToDateAndMergedInto() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            let dump = Recordings.package.appending(path: "Tests/Fixtures/warehouse/layout-1.sql")
            try SQLiteDatabase(path: path).execute(String(contentsOf: dump, encoding: .utf8))
            #expect(try storedLayout(path) == 1)
            do {
                let test = try TestWarehouse(.sqlite(path: path), Recordings.plan())
                #expect(try storedLayout(path) == WarehouseLayout.current.number)
                let lines = try Recordings.lines("rsvps-2015-03-08")
                #expect(try test.digests == Recordings.oracle(Array(lines.prefix(12))))
                #expect(try test.warehouse.watermark == 2)
                let entry = try test.warehouse.ledgerEntry(device: "device", epoch: 1, sequence: 2)
                #expect(entry?.rawKey == "raw/device/1/2" && entry?.events == 6)
                #expect(try test.warehouse.merge([test.batch(lines.prefix(6), sequence: 1)]).outcomes == [.duplicate])
                _ = try test.warehouse.merge([test.batch(lines.dropFirst(12), sequence: 3)])
                #expect(try test.digests == Recordings.digests("rsvps-2015-03-08"))
                try test.expectSound()
            }
        }
    }

    @Test func stepsThatAreMissingAreTakenOnceAndInTheirOrder() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            try prepare(path, .current)
            let more = Self.layout(["CREATE TABLE more (a)", "INSERT INTO more VALUES (1)"])
            for _ in 1...2 { try prepare(path, more) }
            #expect(try storedLayout(path) == WarehouseLayout.current.number + 2)
            #expect(try SQLiteDatabase(path: path).prepare("SELECT count(*) FROM more").firstRow() == [1])
        }
    }

    @Test func aStepThatFailsLeavesTheLayoutBeforeIt() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            let broken = Self.layout([
                "CREATE TABLE more (a)", "CREATE TABLE other (a); INSERT INTO nowhere VALUES (1)",
            ])
            #expect(throws: SQLiteError.self) { try prepare(path, broken) }
            #expect(try storedLayout(path) == WarehouseLayout.current.number + 1)
            let tables = try SQLiteDatabase(path: path).prepare("SELECT name FROM sqlite_schema WHERE name = 'other'")
            #expect(try tables.firstRow() == nil)
        }
    }

    @Test func anOlderLayoutIsNotBroughtUpToDateByReading() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            try prepare(path, .current)
            let error = #expect(throws: WarehouseError.self) {
                try prepare(path, Self.layout(["CREATE TABLE more (a)"]), .readOnly)
            }
            #expect(error?.description.contains("start 'waystation-cloud serve' once") == true)
        }
    }

    @Test(arguments: [WarehouseAccess.readOnly, .readWrite])
    func aNewerLayoutIsRefusedWithWhatToDo(access: WarehouseAccess) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            try prepare(path, .current)
            try SQLiteDatabase(path: path).execute("PRAGMA user_version = 99")
            let error = #expect(throws: WarehouseError.self) { try prepare(path, .current, access) }
            #expect(error?.description.contains("layout 99") == true)
            #expect(error?.description.contains("install that version again") == true)
            #expect(try storedLayout(path) == 99)
        }
    }

    @Test func anotherDatabaseIsNotWrittenInto() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "w.sqlite").path
            try SQLiteDatabase(path: path).execute("CREATE TABLE mine (a)")
            let error = #expect(throws: WarehouseError.self) { try prepare(path, .current) }
            #expect(error?.description.contains("something else than a warehouse") == true)
        }
    }

    @Test func twoOpenersMakeOneWarehouse() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "w.sqlite").path
        let plan = try Recordings.plan()
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 1...4 { tasks.addTask { try SQLiteWarehouse(path: path, plans: [plan]).digests().count } }
            for try await tables in tasks { #expect(tables == plan.tables.count) }
        }
    }
}
