import Testing

@testable import Transfer

@Suite struct WebSocketEncoderTests {
    private func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], maskingKey: UInt32) -> [UInt8] {
        var output: [UInt8] = []
        WebSocketEncoder.append(opcode, payload, maskingKey: maskingKey, to: &output)
        return output
    }

    /// The masked examples of RFC 6455 section 5.7.
    @Test(arguments: [(WebSocketOpcode.text, UInt8(0x81)), (.pong, 0x8A)])
    func writesTheExamplesOfTheStandard(opcode: WebSocketOpcode, first: UInt8) {
        let bytes = frame(opcode, Array("Hello".utf8), maskingKey: 0x37FA_213D)
        #expect(bytes == [first, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    }

    @Test(arguments: [0, 1, 3, 4, 7, 8, 9, 125, 126, 127, 65_535, 65_536, 100_003])
    func writesEveryLengthSoThatItCanBeRead(count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = frame(.binary, payload, maskingKey: 0x0102_03FF)
        let parsed = try #require(ServerFrame.parseMasked(bytes))
        #expect(parsed.first == 0x82)
        #expect(parsed.payload == payload)
        #expect(parsed.byteCount == bytes.count)
        #expect(bytes.count == count + (count < 126 ? 6 : count < 65_536 ? 8 : 14))
    }

    @Test func appendsBehindWhatIsThere() {
        var output: [UInt8] = [1, 2, 3]
        WebSocketEncoder.append(.ping, [0xFF], maskingKey: 0xFF00_0000, to: &output)
        #expect(output == [1, 2, 3, 0x89, 0x81, 0xFF, 0, 0, 0, 0x00])
    }

    @Test func cutsAReasonThatIsTooLongAtACharacter() {
        let payload = WebSocketEncoder.closePayload(code: 1000, reason: String(repeating: "ü", count: 100))
        #expect(payload == [0x03, 0xE8] + Array(String(repeating: "ü", count: 61).utf8))
    }
}
