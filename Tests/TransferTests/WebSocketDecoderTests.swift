import Testing

@testable import Transfer

@Suite struct WebSocketDecoderTests {
    private static let hello = Array("Hello".utf8)

    private static func sevens(_ count: Int) -> [UInt8] { Array(repeating: 7, count: count) }

    /// The unmasked examples of RFC 6455 section 5.7.
    @Test(
        arguments: [
            ([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .message(.text, hello[...])),
            ([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F], .message(.text, hello[...])),
            ([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .ping(hello)),
            ([0x8A, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .pong(hello)),
            ([0x82, 0x7E, 0x01, 0x00] + sevens(256), .message(.binary, sevens(256)[...])),
            ([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + sevens(65_536), .message(.binary, sevens(65_536)[...])),
        ] as [([UInt8], WebSocketDecoder.Input)])
    func readsTheExamplesOfTheStandard(bytes: [UInt8], input: WebSocketDecoder.Input) {
        let decoded = WebSocketDecoder.decode([bytes])
        #expect(decoded.inputs == [input])
        #expect(decoded.error == nil)
    }

    /// Messages, fragments with control frames between them, characters cut by fragments, each form of length, a close.
    private static let stream: [UInt8] =
        ServerFrame.text("") + ServerFrame.text("grüße 🎉") + ServerFrame.bytes(1, [0xF0, 0x9F], isFinal: false)
        + ServerFrame.bytes(9, [1, 2]) + ServerFrame.bytes(0, [], isFinal: false) + ServerFrame.bytes(10)
        + ServerFrame.bytes(0, [0x8E, 0x89]) + ServerFrame.bytes(2, .init(repeating: 0xFF, count: 126))
        + ServerFrame.bytes(2, [], isFinal: false) + ServerFrame.bytes(0) + ServerFrame.close(1001, "à bientôt")
        + [0xFF, 0xFF]
    private static let inputs: [WebSocketDecoder.Input] = [
        .message(.text, []), .message(.text, Array("grüße 🎉".utf8)[...]), .ping([1, 2]), .pong([]),
        .message(.text, Array("🎉".utf8)[...]), .message(.binary, .init(repeating: 0xFF, count: 126)),
        .message(.binary, []),
        .close(WebSocketClosure(code: 1001, reason: "à bientôt")),
    ]

    @Test func readsTheSameFromEverySplitInTwo() {
        for cut in 0...Self.stream.count {
            let decoded = WebSocketDecoder.decode([Array(Self.stream[..<cut]), Array(Self.stream[cut...])])
            #expect(decoded.inputs == Self.inputs, "cut at \(cut)")
            #expect(decoded.error == nil, "cut at \(cut)")
        }
    }

    @Test func readsTheSameFromSingleBytes() {
        #expect(WebSocketDecoder.decode(Self.stream.map { [$0] }).inputs == Self.inputs)
    }

    @Test func readsRandomMessagesFromRandomPieces() {
        var (generator, seed) = SeededGenerator.announced()
        for round in 0..<200 {
            var bytes: [UInt8] = []
            var inputs: [WebSocketDecoder.Input] = []
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let count = Int.random(in: 0...300, using: &generator)
                let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let cuts = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    Int.random(in: 0...count, using: &generator)
                }
                let edges = [0] + cuts.sorted() + [count]
                for index in 0..<edges.count - 1 {
                    let isFinal = index == edges.count - 2
                    bytes += ServerFrame.bytes(
                        index == 0 ? 2 : 0, Array(payload[edges[index]..<edges[index + 1]]), isFinal: isFinal)
                    if !isFinal, Bool.random(using: &generator) {
                        bytes += ServerFrame.bytes(9, [UInt8(index)])
                        inputs.append(.ping([UInt8(index)]))
                    }
                }
                inputs.append(.message(.binary, payload[...]))
            }
            let decoded = WebSocketDecoder.decode(bytes.randomPieces(using: &generator))
            #expect(decoded.inputs == inputs, "seed \(seed), round \(round)")
            #expect(decoded.error == nil, "seed \(seed), round \(round)")
        }
    }

    private static let long = [UInt8](repeating: 0x61, count: 126)

    @Test(arguments: [
        ("RSV1", ServerFrame.bytes(1, reserved: 0x40), UInt16(1002)),
        ("RSV2", ServerFrame.bytes(9, reserved: 0x20), 1002),
        ("RSV3", ServerFrame.bytes(8, reserved: 0x10), 1002),
        ("opcode 3", ServerFrame.bytes(3), 1002), ("opcode 4", ServerFrame.bytes(4), 1002),
        ("opcode 5", ServerFrame.bytes(5), 1002), ("opcode 6", ServerFrame.bytes(6), 1002),
        ("opcode 7", ServerFrame.bytes(7), 1002), ("opcode 11", ServerFrame.bytes(11), 1002),
        ("opcode 12", ServerFrame.bytes(12), 1002), ("opcode 13", ServerFrame.bytes(13), 1002),
        ("opcode 14", ServerFrame.bytes(14), 1002), ("opcode 15", ServerFrame.bytes(15), 1002),
        ("a masked frame", [0x81, 0x80, 0, 0, 0, 0], 1002),
        ("a fragmented ping", ServerFrame.bytes(9, isFinal: false), 1002),
        ("a fragmented close", ServerFrame.bytes(8, isFinal: false), 1002),
        ("a long ping", ServerFrame.bytes(9, long), 1002), ("a long pong", ServerFrame.bytes(10, long), 1002),
        ("a long close", ServerFrame.bytes(8, long), 1002),
        ("a continuation of nothing", ServerFrame.bytes(0), 1002),
        ("an unfinished continuation of nothing", ServerFrame.bytes(0, isFinal: false), 1002),
        ("a text in a text", ServerFrame.bytes(1, isFinal: false) + ServerFrame.bytes(1), 1002),
        ("a binary in a text", ServerFrame.bytes(1, isFinal: false) + ServerFrame.bytes(2), 1002),
        ("125 in two bytes", [0x82, 126, 0, 125], 1002),
        ("65535 in eight bytes", [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 1002),
        ("a length above 2^63", [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002),
        ("a message too long", ServerFrame.bytes(2, .init(repeating: 0, count: 1001)), 1009),
        ("a length of 2^63 - 1", [0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
        (
            "fragments too long together",
            ServerFrame.bytes(2, .init(repeating: 0, count: 600), isFinal: false)
                + ServerFrame.bytes(0, .init(repeating: 0, count: 401)), 1009
        ),
        ("a text that is no UTF-8", ServerFrame.bytes(1, [0xC0, 0xAF]), 1007),
        ("a text that ends in a character", ServerFrame.bytes(1, [0xE2, 0x82]), 1007),
        ("a text whose first byte is wrong", [0x81, 0x05, 0xFF], 1007),
        ("a wrong byte in a second fragment", ServerFrame.bytes(1, [0xCE], isFinal: false) + [0x00, 0x03, 0x20], 1007),
        ("a surrogate", ServerFrame.bytes(1, [0xED, 0xA0, 0x80]), 1007),
        ("beyond Unicode", ServerFrame.bytes(1, [0xF4, 0x90]), 1007),
        ("a close of one byte", ServerFrame.bytes(8, [3]), 1002),
        ("a close reason that is no UTF-8", ServerFrame.bytes(8, [0x03, 0xE8, 0xCE]), 1007),
    ])
    func refusesWhatBreaksTheStandard(what: String, bytes: [UInt8], code: UInt16) {
        let good = ServerFrame.text("good")
        for pieces in [[good + bytes], (good + bytes).map { [$0] }] {
            let decoded = WebSocketDecoder.decode(pieces, maximumMessageBytes: 1000)
            #expect(decoded.inputs == [.message(.text, Array("good".utf8)[...])], "\(what): what came before counts")
            guard case .webSocketViolation(code, _) = decoded.error else {
                Issue.record("\(what): \(String(describing: decoded.error))")
                continue
            }
        }
    }

    @Test(arguments: [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ])
    func acceptsTheCloseCodesThatMayBeSent(code: UInt16) {
        #expect(WebSocketDecoder.decode([ServerFrame.close(code)]).inputs == [.close(WebSocketClosure(code: code))])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func refusesTheOtherCloseCodes(code: UInt16) {
        let decoded = WebSocketDecoder.decode([ServerFrame.close(code)])
        #expect(decoded.inputs.isEmpty)
        #expect(decoded.error == .webSocketViolation(closeCode: 1002, "close code \(code) must not be sent"))
    }

    @Test func acceptsACloseWithoutACode() {
        #expect(WebSocketDecoder.decode([ServerFrame.bytes(8)]).inputs == [.close(WebSocketClosure(code: 1005))])
    }

    @Test func acceptsAMessageOfExactlyTheLimit() {
        let payload = [UInt8](repeating: 1, count: 1000)
        let bytes = ServerFrame.bytes(2, payload) + ServerFrame.bytes(2, payload)
        let decoded = WebSocketDecoder.decode([bytes], maximumMessageBytes: 1000)
        #expect(decoded.inputs == [.message(.binary, payload[...]), .message(.binary, payload[...])])
    }
}
