import Foundation
import Testing

@testable import EdgeCollector

@Suite struct FileCollectorTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/events.ndjson"
    }

    /// One run of an edge that has only this source.
    private final class Run {
        let spool: Spool
        let collector: FileCollector
        private(set) var fixture: SpoolFixture

        init(_ state: TemporaryFolder, file: String, follows: Bool) throws {
            fixture = try SpoolFixture(state)
            fixture.settings.flushBytes = 1024
            spool = try fixture.open()
            if spool.position(of: SpoolFixture.stream) == nil { _ = try spool.adopt(epoch: 1) }
            collector = try FileCollector(
                .rsvps(transport: .file, url: "file://\(file)", follows: follows), spool: spool, scorer: Scorer(),
                log: EdgeLog(level: .error), at: fixture.moment)
        }

        /// So many turns of the loop, each when it is due.
        func turn(_ count: Int = 20) throws {
            for _ in 0..<count {
                fixture.advance(FileCollector.pollInterval)
                try collector.tick(at: fixture.moment)
            }
        }

        func lines() throws -> [String] {
            try spool.closeAll(at: fixture.moment)
            return try spool.sealedBatches(at: fixture.moment).flatMap(\.lines)
        }

        func gaps() throws -> [String] {
            try spool.closeAll(at: fixture.moment)
            return try spool.database.prepare("SELECT reason FROM gaps").rows().compactMap { $0[0].text }
        }
    }

    private func run(in state: TemporaryFolder? = nil, follows: Bool = true) throws -> Run {
        try Run(state ?? folder, file: path, follows: follows)
    }

    private func lines(_ numbers: some Sequence<Int>) -> [String] { numbers.map(SpoolFixture.event) }

    private func append(_ text: String, to path: String? = nil) throws {
        let path = path ?? self.path
        if !FileManager.default.fileExists(atPath: path) {
            try #require(FileManager.default.createFile(atPath: path, contents: nil))
        }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private func append(_ numbers: some Sequence<Int>, to path: String? = nil) throws {
        try append(lines(numbers).map { $0 + "\n" }.joined(), to: path)
    }

    @Test func growingFileIsFollowedAndALineCountsWhenItsEndIsThere() throws {
        let run = try run()
        try run.turn(2)
        try append(0..<10)
        try run.turn(3)
        let next = SpoolFixture.event(10)
        try append(String(next.prefix(9)))
        try run.turn(3)
        #expect(run.spool.position(of: SpoolFixture.stream)?.offset == Int64(lines(0..<10).joined().utf8.count + 10))
        try append(next.dropFirst(9) + "\n")
        try run.turn(3)
        #expect(try run.lines() == lines(0...10))
        #expect(try run.gaps() == [])
    }

    /// A copy of the folder while the run goes on is what a power cut leaves behind.
    @Test func powerCutAtAnyTimeLosesNothingAndRepeatsNothing() throws {
        try append(0..<40)
        var cut = folder
        for round in 1...6 {
            let run = try run(in: cut)
            try run.turn(2)
            try append(round * 40..<round * 40 + 40)
            try run.turn(2)
            if round.isMultiple(of: 2) { try run.spool.tick(at: run.fixture.moment) }
            cut = try cut.copy()
        }
        let last = try run(in: cut)
        try last.turn()
        #expect(try last.lines() == lines(0..<280))
        #expect(try last.gaps() == [])
    }

    @Test func rotationWhileRunningLosesNothing() throws {
        let run = try run()
        try append(0..<10)
        try run.turn(3)
        try append(10..<20)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try append(20..<25, to: path + ".1")
        try run.turn(3)
        try append(25..<30)
        try run.turn(5)
        #expect(try run.lines() == lines(0..<30))
        #expect(try run.gaps() == [])
    }

    @Test func rotationsWhileDownAreReadInTheirOrder() throws {
        try append(0..<10)
        var run: Run? = try run()
        try run?.turn(3)
        try run?.spool.closeAll(at: try #require(run).fixture.moment)
        run = nil
        try append(10..<20)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".2")
        try append(20..<30, to: path + ".1")
        try append(30..<40)
        for (name, age) in [(path + ".2", 20.0), (path + ".1", 10.0)] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: name)
        }
        let next = try self.run()
        try next.turn()
        #expect(try next.lines() == lines(0..<40))
        #expect(try next.gaps() == [])
    }

    @Test func fileThatIsCutIsReadFromItsBeginning() throws {
        try append(0..<10)
        let run = try run()
        try run.turn(3)
        try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
        try append(10..<14)
        try run.turn(4)
        #expect(try run.lines() == lines(0..<14))
    }

    @Test func fileThatIsGoneIsDeclared() throws {
        try append(0..<10)
        var run: Run? = try run()
        try run?.turn(3)
        try run?.spool.closeAll(at: try #require(run).fixture.moment)
        run = nil
        try FileManager.default.removeItem(atPath: path)
        try append(20..<30)
        let next = try self.run()
        try next.turn(3)
        #expect(try next.lines() == lines(0..<10) + lines(20..<30))
        #expect(try next.gaps() == ["missed"])
    }

    @Test func fileThatIsNotFollowedEndsWithItsLastLineWhateverEndsIt() throws {
        try append(0..<3)
        try append(SpoolFixture.event(3))
        let run = try run(follows: false)
        try run.turn(4)
        #expect(run.collector.deadline == nil)
        try append("\n")
        try append(4..<6)
        try run.turn(4)
        #expect(try run.lines() == lines(0..<4))
    }

    @Test func endlessLineIsPutAsideOnceAndTheNextIsRead() throws {
        try append(0..<2)
        try append(String(repeating: "x", count: 3 * EventFile.chunkBytes) + "\n")
        try append(2..<4)
        let run = try run()
        try run.turn(8)
        #expect(try run.lines() == lines(0..<4))
        #expect(try run.gaps() == ["oversized"])
        #expect(try folder.rows("dead_letters") == 1)
    }

    @Test func fileWaitsWhileTheSpoolTakesNothing() throws {
        try append(0..<4)
        let run = try run()
        run.spool.writeFailure = "no space"
        try run.turn(4)
        #expect(run.collector.deadline == nil && run.spool.position(of: SpoolFixture.stream) == nil)
        run.spool.writeFailure = nil
        try run.turn(4)
        #expect(try run.lines() == lines(0..<4))
    }

    @Test func standardInputIsReadToItsEnd() throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open()
        _ = try spool.adopt(epoch: 1)
        let pipe = Pipe()
        let input = pipe.fileHandleForReading.fileDescriptor
        let collector = try StandardInputCollector(
            .rsvps(transport: .file, url: "-"), spool: spool, scorer: Scorer(), log: EdgeLog(level: .error),
            input: input)
        let text = lines(0..<5).joined(separator: "\n")
        for piece in [text.prefix(100), text.dropFirst(100)] {
            try pipe.fileHandleForWriting.write(contentsOf: Data(piece.utf8))
            #expect(try collector.handle(.readable(input), at: fixture.moment))
        }
        spool.writeFailure = "no space"
        #expect(collector.descriptor == nil, "what writes has to wait")
        spool.writeFailure = nil
        #expect(collector.descriptor == input)
        try pipe.fileHandleForWriting.close()
        #expect(try collector.handle(.readable(input), at: fixture.moment) && collector.descriptor == nil)
        try spool.closeAll(at: fixture.moment)
        #expect(try spool.sealedBatches(at: fixture.moment).flatMap(\.lines) == lines(0..<5))
    }
}
