import Testing

@testable import Transfer

@Suite struct SendQueueTests {
    @Test func givesBytesInOrderInPiecesOfAnySize() {
        var (generator, seed) = SeededGenerator.announced()
        var queue = SendQueue()
        var (added, taken): ([UInt8], [UInt8]) = ([], [])
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...500, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            queue.append(bytes)
            added += bytes
            var piece = [UInt8](repeating: 0, count: Int.random(in: 0...495, using: &generator))
            let count = piece.withUnsafeMutableBytes { queue.take(into: $0) }
            taken += piece[..<count]
            #expect(queue.count == added.count - taken.count)
        }
        while !queue.isEmpty {
            var piece = [UInt8](repeating: 0, count: 1000)
            let count = piece.withUnsafeMutableBytes { queue.take(into: $0) }
            taken += piece[..<count]
        }
        #expect(taken == added, "seed \(seed)")
    }
}
