import EdgeCollector
import SQLite
import SimulatedDisk
import Testing

/// The disk that the spool is tested on: it keeps what it must, and loses what it may.
@Suite struct SimulatedDiskTests {
    private static let path = "\(SimulatedDisk.folder)/test.sqlite"

    private static func open(_ disk: SimulatedDisk, journal: String, synchronous: String) throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: path, fileSystem: disk.fileSystem)
        try database.execute(
            "PRAGMA journal_mode = \(journal); PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 20")
        return database
    }

    private static func rows(_ disk: SimulatedDisk) throws -> [Int64] {
        let database = try SQLiteDatabase(path: path, fileSystem: disk.fileSystem)
        guard try database.prepare("PRAGMA integrity_check").firstRow()?[0].text == "ok" else { return [-1] }
        return try database.prepare("SELECT id FROM t ORDER BY id").rows().compactMap { $0[0].integer }
    }

    @Test(arguments: ["WAL", "DELETE", "TRUNCATE"])
    func committedRowsSurviveAPowerCutAtEveryOperation(journal: String) throws {
        var after = 0
        var isOff = true
        while isOff {
            let disk = SimulatedDisk(seed: UInt64(after))
            disk.fault = DiskFault(.powerOff, of: DiskOperation.changes, after: after)
            var committed: Int64 = 0
            do {
                // Without EXTRA a deleted journal may come back, and undo the last transaction.
                let database = try Self.open(disk, journal: journal, synchronous: "EXTRA")
                try database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, bytes BLOB)")
                for number in Int64(1)...12 {
                    try database.prepare("INSERT INTO t VALUES (?, randomblob(3000))").run([.integer(number)])
                    committed = number
                }
            } catch is SQLiteError {
                #expect(disk.isOff)
            }
            isOff = disk.isOff
            for seed in UInt64(0)..<5 where committed > 0 {
                let found = try Self.rows(disk.crash(seed: seed))
                #expect(
                    [committed, committed + 1].map { Array(1...$0) }.contains(found),
                    "\(found) of \(committed), off after \(after), seed \(seed)")
            }
            after += 1
        }
        #expect(after > 50)
    }

    @Test func rowsWithoutASyncAreLostOrTornNowAndThen() throws {
        let disk = SimulatedDisk(seed: 1)
        let database = try Self.open(disk, journal: "DELETE", synchronous: "FULL")
        try database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, bytes BLOB); PRAGMA synchronous = OFF")
        for number in Int64(1)...20 {
            try database.prepare("INSERT INTO t VALUES (?, randomblob(3000))").run([.integer(number)])
        }
        var outcomes: Set<[Int64]> = []
        for seed in UInt64(0)..<50 {
            do { outcomes.insert(try Self.rows(disk.crash(seed: seed))) } catch is SQLiteError { outcomes.insert([-2]) }
        }
        #expect(outcomes.contains(Array(1...20)) && outcomes.contains([]))
        #expect(outcomes.contains([-1]) || outcomes.contains([-2]), "a damaged database")
    }

    @Test func connectionsSeeAndExcludeEachOther() throws {
        let disk = SimulatedDisk()
        let first = try Self.open(disk, journal: "WAL", synchronous: "FULL")
        try first.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        let second = try SQLiteDatabase(path: Self.path, access: .readOnly, fileSystem: disk.fileSystem)
        let third = try Self.open(disk, journal: "WAL", synchronous: "FULL")
        try first.transaction {
            try first.execute("INSERT INTO t VALUES (1)")
            #expect(try second.prepare("SELECT count(*) FROM t").firstRow()?[0].integer == 0)
            let busy = #expect(throws: SQLiteError.self) { try third.execute("INSERT INTO t VALUES (2)") }
            #expect(busy?.isBusy == true)
        }
        #expect(try second.prepare("SELECT count(*) FROM t").firstRow()?[0].integer == 1)
        try third.execute("INSERT INTO t VALUES (2)")
        #expect(try Self.rows(disk.killed()) == [1, 2])
    }

    @Test func faultStrikesAtItsOperationAndNoOther() throws {
        let disk = SimulatedDisk()
        let database = try Self.open(disk, journal: "WAL", synchronous: "FULL")
        try database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        disk.fault = DiskFault(.full, of: [.write])
        let full = #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO t VALUES (1)") }
        #expect(full?.isFull == true && disk.hasFailed)
        try database.execute("INSERT INTO t VALUES (2)")
        disk.fault = DiskFault(.inputOutput, of: [.sync], isLasting: true)
        for _ in 0..<2 {
            #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO t VALUES (3)") }
        }
        disk.fault = nil
        try database.execute("INSERT INTO t VALUES (4)")
        #expect(try Self.rows(disk.killed()) == [2, 4])
        for seed in UInt64(0)..<20 { #expect(try Self.rows(disk.crash(seed: seed)) == [2, 4]) }
    }

    @Test func namesAreSafeAfterTheFolderIs() throws {
        let disk = SimulatedDisk()
        let folder = SimulatedFolder(disk)
        #expect(try folder.create("old", [1, 2, 3]))
        #expect(try !folder.create("old", []))
        try folder.rename("old", to: "new")
        let left = (UInt64(0)..<40).map { disk.crash(seed: $0).fileNames }
        #expect(Set(left) == [["/spool/old"], ["/spool/new"]])
        try folder.synchronize()
        let safe = (UInt64(0)..<40).map { disk.crash(seed: $0).contents(of: "/spool/new") }
        #expect(Set(safe) == [[1, 2, 3]])
    }
}
