import Testing

@testable import Warehouse

@Suite struct StoredTextTests {
    @Test func storedTextsComeBackKeepTheirOrderAndHoldNoNUL() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let bytes: [UInt8] = [0, 1, 2, 3, 97]
        let texts = (0..<3000).map { _ in
            (0..<Int.random(in: 0...6, using: &random)).map { _ in bytes[Int.random(in: 0..<5, using: &random)] }
        }
        for (left, right) in zip(texts, texts.dropFirst()) {
            let (stored, other) = (StoredText.stored(left), StoredText.stored(right))
            #expect(!stored.contains(0), "seed \(seed)")
            #expect(stored.withUnsafeBufferPointer(StoredText.text) == left, "seed \(seed)")
            #expect(
                left.lexicographicallyPrecedes(right) == stored.lexicographicallyPrecedes(other), "seed \(seed)")
            #expect((left == right) == (stored == other), "seed \(seed)")
        }
    }

    @Test(arguments: [("plain é", false), ("\u{0}", true), ("a\u{1}", true), ("\u{2}", false), ("", false)])
    func onlyTwoControlCharactersStandOtherwise(text: String, differs: Bool) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer(StoredText.differs) == differs)
        #expect((StoredText.stored(bytes) != bytes) == differs)
    }

    @Test func anEscapeThatLeadsToNothingStays() {
        for bytes in [[1], [97, 1, 3], [1, 97]] as [[UInt8]] {
            #expect(bytes.withUnsafeBufferPointer(StoredText.text) == bytes)
        }
    }
}
