import Glibc
import SQLite
import Testing

/// Copies of databases that others write to.
@Suite final class SQLiteBackupTests {
    private let folder = "/tmp/sqlite-backup-\(UInt64.random(in: .min ... .max))"

    init() {
        mkdir(folder, 0o700)
    }

    deinit {
        system("rm -r '\(folder)'")
    }

    private func database(rows: Int64) throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: folder + "/source.sqlite")
        try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)")
        try database.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(rows))
            INSERT INTO t SELECT n, hex(randomblob(400)) FROM numbers
            """)
        return database
    }

    private func count(_ path: String) throws -> Int64? {
        try SQLiteDatabase(path: path, access: .readOnly).prepare("SELECT count(*) FROM t").firstRow()?.first?.integer
    }

    @Test func aCopyIsTheStateItBeganWithHoweverMuchIsWrittenMeanwhile() throws {
        let writer = try database(rows: 5000)
        let reader = try SQLiteDatabase(path: folder + "/source.sqlite", access: .readOnly)
        var steps = 0
        try reader.copy(to: folder + "/copy.sqlite") { done, total in
            steps += 1
            #expect(done <= total)
            try writer.execute("INSERT INTO t (text) VALUES ('later'); DELETE FROM t WHERE n = \(steps)")
        }
        #expect(steps > 2, "a copy in one step proves nothing")
        #expect(try count(folder + "/copy.sqlite") == 5000)
        #expect(try SQLiteDatabase(path: folder + "/copy.sqlite", access: .readOnly).damage() == nil)
        #expect(access(folder + "/copy.sqlite-wal", F_OK) != 0, "the copy stands alone")
        #expect(try count(folder + "/source.sqlite") == 5000)
        // The connection reads on, and sees what came.
        let later = try reader.prepare("SELECT count(*) FROM t WHERE text = 'later'").firstRow()?.first?.integer
        #expect(later == Int64(steps))
    }

    @Test func damageIsFound() throws {
        try database(rows: 500).copy(to: folder + "/copy.sqlite")
        let file = try #require(fopen(folder + "/copy.sqlite", "r+"))
        fseek(file, 3 * 4096, SEEK_SET)
        fwrite([UInt8](repeating: 0xA5, count: 4096), 1, 4096, file)
        fclose(file)
        #expect(try SQLiteDatabase(path: folder + "/copy.sqlite", access: .readOnly).damage() != nil)
    }

    @Test func aCopyThatIsGivenUpHoldsNothingBack() throws {
        struct Enough: Error {}
        let writer = try database(rows: 5000)
        #expect(throws: Enough.self) { try writer.copy(to: folder + "/copy.sqlite") { _, _ in throw Enough() } }
        try writer.execute("INSERT INTO t (text) VALUES ('later')")
        #expect(try count(folder + "/source.sqlite") == 5001)
    }
}
