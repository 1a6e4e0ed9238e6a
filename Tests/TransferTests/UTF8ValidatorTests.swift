import Testing

@testable import Transfer

@Suite struct UTF8ValidatorTests {
    private func isValid(_ pieces: [[UInt8]]) -> Bool {
        var validator = UTF8Validator()
        for piece in pieces where !piece.withUnsafeBytes({ validator.accepts($0) }) { return false }
        return validator.isComplete
    }

    @Test func agreesWithTheStandardLibraryOnEverySequenceOfTwoBytes() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let bytes = [first, second]
                #expect(isValid([bytes]) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            }
        }
    }

    @Test func agreesWithTheStandardLibraryOnRandomBytesInRandomPieces() {
        var (generator, seed) = SeededGenerator.announced()
        let edges: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
        ]
        var valid = 0
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                if Bool.random(using: &generator) {
                    let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) ?? "a"
                    bytes += Array(String(scalar).utf8)
                } else if Int.random(in: 0..<4, using: &generator) == 0 {
                    bytes.append(edges[Int.random(in: 0..<edges.count, using: &generator)])
                } else {
                    bytes += [UInt8](repeating: 0x61, count: Int.random(in: 0...20, using: &generator))
                }
            }
            let expected = String(validating: bytes, as: UTF8.self) != nil
            valid += expected ? 1 : 0
            #expect(
                isValid(bytes.randomPieces(using: &generator)) == expected, "seed \(seed), round \(round): \(bytes)")
        }
        #expect((1000..<19_000).contains(valid), "both kinds are tried")
    }

    @Test(arguments: [
        [0x80], [0xC0], [0xC1], [0xF5], [0xFF], [0xE0, 0x9F], [0xED, 0xA0], [0xF0, 0x8F], [0xF4, 0x90], [0xC2, 0x41],
        [0xE1, 0x80, 0x41], [0xF1, 0x80, 0x80, 0xC0],
    ])
    func refusesTheFirstByteThatCannotBe(bytes: [UInt8]) {
        var validator = UTF8Validator()
        #expect(
            bytes.dropLast().withContiguousStorageIfAvailable { validator.accepts(UnsafeRawBufferPointer($0)) } == true)
        #expect([bytes[bytes.count - 1]].withUnsafeBytes { validator.accepts($0) } == false)
    }
}
