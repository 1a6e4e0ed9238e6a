import NIOCore
import Testing

@testable import StreamReplay

struct WireTests {
    private func encoded(_ wire: Wire, _ count: Int) -> [UInt8] {
        var buffer = ByteBuffer()
        [UInt8](repeating: 0x61, count: count).withUnsafeBufferPointer { wire.append($0, number: 41, to: &buffer) }
        return Array(buffer.readableBytesView)
    }

    /// RFC 6455 section 5.2: 7 bits, 16 bits and 64 bits of length; section 5.7 has the frame of `Hello`.
    @Test(
        arguments: [
            (5, [0x81, 0x05]), (125, [0x81, 0x7D]), (126, [0x81, 0x7E, 0x00, 0x7E]),
            (65_535, [0x81, 0x7E, 0xFF, 0xFF]),
            (65_536, [0x81, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func textFramesHaveTheShortestLength(count: Int, header: [UInt8]) {
        #expect(encoded(.webSocket, count) == header + [UInt8](repeating: 0x61, count: count))
    }

    @Test func aChunkHoldsTheMessageAndALineFeed() {
        #expect(
            encoded(.chunkedHTTP, 15) == Array("10\r\n".utf8) + [UInt8](repeating: 0x61, count: 15)
                + Array("\n\r\n".utf8))
    }

    @Test(
        arguments: [
            ("{}", "10\r\nid: 7\ndata: {}\n\n\r\n"),
            ("{\"a\":\r1}", "1c\r\nid: 7\ndata: {\"a\":\ndata: 1}\n\n\r\n"),
        ])
    func anEventHoldsItsNumberAndTheMessageInLines(message: String, event: String) {
        var buffer = ByteBuffer()
        Array(message.utf8).withUnsafeBufferPointer { Wire.eventStream.append($0, number: 7, to: &buffer) }
        #expect(String(buffer: buffer) == event)
        let greeting = Wire.eventStream.greeting.map { String(buffer: $0) }
        #expect(greeting == "12\r\n: ok\nretry: 1000\n\n\r\n")
        #expect(Wire.webSocket.greeting == nil && Wire.chunkedHTTP.greeting == nil)
    }

    @Test func endings() {
        #expect(Array(Wire.webSocket.ending(.goingAway).readableBytesView) == [0x88, 0x02, 0x03, 0xE9])
        #expect(Array(Wire.chunkedHTTP.ending(.goingAway).readableBytesView) == Array("0\r\n\r\n".utf8))
    }
}
