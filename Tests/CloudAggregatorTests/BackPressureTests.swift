import Cryptography
import SQLite
import Testing

@testable import CloudAggregator

/// More comes in than can be merged.
@Suite struct BackPressureTests {
    private static let uploads = 40
    private static let nameBytes = 40_000
    /// Room for a few of the batches.
    private static let memory = 400_000

    /// What becomes of the uploads while nothing is merged.
    private actor Answers {
        private(set) var statuses: [Int: Int] = [:]
        private let isEnough: AsyncStream<Void>.Continuation

        init(isEnough: AsyncStream<Void>.Continuation) {
            self.isEnough = isEnough
        }

        func note(_ number: Int, _ answer: TestResponse) {
            statuses[number] = answer.status
            if answer.status == 429 { #expect(answer.headers["retry-after"] == "1") }
            // All but those for which there is room.
            if statuses.count == BackPressureTests.uploads - 12 { isEnough.yield() }
        }
    }

    @Test func aWriterThatIsHeldUpMakesDevicesWaitBeforeMemoryGrows() async throws {
        try await TestCloud.run(batchMemory: Self.memory) { cloud in
            let device = try await TestDevice.accepted(by: cloud)
            let files = try (1...Self.uploads).map { number in
                let name = Hexadecimal.encode(SecureRandom.bytes(Self.nameBytes / 2))
                let event =
                    "{\"visit\":\(number),\"at\":5,\"answer\":\"yes\",\"guest\":{\"id\":\(number),\"name\":\"\(name)\"}}"
                return try device.batch([event], sequence: Int64(number)).file
            }
            let writer = try SQLiteDatabase(path: cloud.configuration.state + "/warehouse.sqlite")
            let (enough, isEnough) = AsyncStream.makeStream(of: Void.self)
            let answers = Answers(isEnough: isEnough)
            try writer.execute("BEGIN IMMEDIATE")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (index, file) in files.enumerated() {
                    tasks.addTask {
                        await answers.note(index, try await device.upload(file, sequence: Int64(index + 1)))
                    }
                }
                for await _ in enough { break }
                try writer.execute("ROLLBACK")
                try await tasks.waitForAll()
            }
            let statuses = await answers.statuses
            let refused = statuses.filter { $0.value == 429 }.keys
            #expect(statuses.values.allSatisfy { $0 == 200 || $0 == 429 }, "\(statuses.values)")
            #expect(refused.count >= Self.uploads - 12)
            #expect(refused.count < Self.uploads, "there was room for some")
            for index in refused.sorted() {
                let answer = try await device.upload(files[index], sequence: Int64(index + 1))
                #expect(try device.receipt(answer).result == .merged)
            }
            let rows = try writer.prepare("SELECT count(*) FROM visits").rows()
            #expect(rows == [[.integer(Int64(Self.uploads))]])
        }
    }
}
