import Synchronization
import Testing

@testable import Lake

@Suite struct ParallelCallsTests {
    private struct Fault: Error {}

    @Test(arguments: [0, 1, ParallelCalls.waiting, 1000])
    func eachElementIsTakenOnce(count: Int) throws {
        let taken = Mutex<[Int]>([])
        try ParallelCalls.forEach(Array(0..<count)) { element in taken.withLock { $0.append(element) } }
        #expect(taken.withLock { $0.sorted() } == Array(0..<count))
    }

    @Test func anErrorEndsTheCalling() {
        let calls = Mutex(0)
        #expect(throws: Fault.self) {
            try ParallelCalls.forEach(Array(0..<100_000)) { element in
                calls.withLock { $0 += 1 }
                if element == 10 { throw Fault() }
            }
        }
        #expect(calls.withLock { (11..<100_000).contains($0) })
    }
}
