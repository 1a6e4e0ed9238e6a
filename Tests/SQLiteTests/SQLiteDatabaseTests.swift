import Glibc
import SQLite
import Testing

@Suite struct SQLiteDatabaseTests {
    private let database: SQLiteDatabase

    init() throws {
        database = try SQLiteDatabase(path: ":memory:")
        try database.execute(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, value); CREATE UNIQUE INDEX by_value ON items (value)")
    }

    private func count() throws -> Int64? {
        try database.statement("SELECT count(*) FROM items").firstRow()?[0].integer
    }

    @Test func commitsATransaction() throws {
        let result = try database.transaction {
            try database.statement("INSERT INTO items (value) VALUES (?)").run(["a"])
            return database.lastInsertedRow
        }
        #expect(result == 1)
        #expect(try count() == 1)
    }

    @Test func rollsBackWhenTheBodyThrows() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try database.transaction {
                try database.statement("INSERT INTO items (value) VALUES (?)").run(["a"])
                #expect(try count() == 1)
                throw Stop()
            }
        }
        #expect(try count() == 0)
        try database.transaction { try database.statement("INSERT INTO items (value) VALUES (?)").run(["b"]) }
        #expect(try count() == 1)
    }

    @Test func rollsBackWhenAStatementFails() throws {
        let insert = try database.statement("INSERT INTO items (value) VALUES (?)")
        try insert.run(["a"])
        #expect(throws: SQLiteError.self) {
            try database.transaction {
                try insert.run(["b"])
                try insert.run(["a"])
            }
        }
        #expect(try count() == 1)
        try insert.run(["b"])
    }

    @Test func countsChanges() throws {
        try database.execute("INSERT INTO items (value) VALUES (1), (2), (3)")
        try database.statement("DELETE FROM items WHERE value > ?").run([1])
        #expect(database.changes == 2)
        #expect(database.lastInsertedRow == 3)
    }

    @Test func namesWhatFailed() {
        #expect {
            try database.execute("INSERT INTO missing VALUES (1)")
        } throws: { error in
            let error = error as? SQLiteError
            return error?.message == "no such table: missing" && error?.statement == "INSERT INTO missing VALUES (1)"
                && error?.primaryCode == 1 && error?.isCorrupt == false
        }
    }

    @Test func givesTheExtendedCodeOfAConstraint() throws {
        try database.execute("INSERT INTO items (value) VALUES (1)")
        #expect {
            try database.statement("INSERT INTO items (value) VALUES (?)").run([1])
        } throws: { error in
            (error as? SQLiteError)?.code == 2067 && (error as? SQLiteError)?.primaryCode == 19
        }
    }

    @Test func readsOnlyWhenAskedTo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.sqlite"
        #expect(throws: SQLiteError.self) { try SQLiteDatabase(path: path, access: .readOnly) }
        let writer = try SQLiteDatabase(path: path)
        try writer.execute("CREATE TABLE a (b); INSERT INTO a VALUES (1)")
        let reader = try SQLiteDatabase(path: path, access: .readOnly)
        #expect(try reader.prepare("SELECT b FROM a").rows() == [[1]])
        #expect(throws: SQLiteError.self) { try reader.execute("INSERT INTO a VALUES (2)") }
    }

    @Test func knowsADamagedFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.sqlite"
        let file = try #require(fopen(path, "w"))
        fputs(String(repeating: "no database ", count: 100), file)
        fclose(file)
        #expect {
            try SQLiteDatabase(path: path).execute("CREATE TABLE a (b)")
        } throws: {
            ($0 as? SQLiteError)?.isCorrupt == true
        }
    }

    @Test func knowsAFullDatabase() throws {
        try database.execute("PRAGMA max_page_count = 10")
        #expect {
            try database.statement("INSERT INTO items (value) VALUES (?)").run([
                .blob(.init(repeating: 1, count: 100_000))
            ])
        } throws: {
            ($0 as? SQLiteError)?.isFull == true
        }
    }

    @Test func knowsALockedDatabase() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.sqlite"
        let (first, second) = (try SQLiteDatabase(path: path), try SQLiteDatabase(path: path))
        try second.execute("PRAGMA busy_timeout = 0")
        try first.transaction {
            #expect {
                try second.transaction {}
            } throws: {
                ($0 as? SQLiteError)?.isBusy == true
            }
        }
        try second.transaction {}
    }

    /// SQLite itself waits for no other connection here.
    @Test func whoeverOpensANewFileGetsItsWriteAheadLog() async throws {
        for _ in 0..<40 {
            let folder = try TemporaryFolder()
            let path = folder.path + "/a.sqlite"
            try await withThrowingTaskGroup(of: String?.self) { tasks in
                for _ in 0..<4 {
                    tasks.addTask {
                        let database = try SQLiteDatabase(path: path)
                        try database.keepWriteAheadLog()
                        try database.execute("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY)")
                        return try database.statement("PRAGMA journal_mode").firstRow()?[0].text
                    }
                }
                for try await mode in tasks { #expect(mode == "wal") }
            }
        }
    }
}

/// A new folder, removed with all that is in it.
private final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("\(P_tmpdir)/sqlite-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + "/a.sqlite" + suffix) }
        rmdir(path)
    }
}
