import Glibc
import Testing

@testable import Transfer

@Suite struct TransferLoopStreamingTests {
    private let loop: TransferLoop

    init() throws {
        loop = try TransferLoop()
    }

    @Test func givesHeadPiecesAndEnd() throws {
        let server = try LocalServer { connection in
            while true {
                _ = try connection.readRequest()
                try connection.write("HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n")
                for line in ["one\n", "two\n", "three\n"] {
                    try connection.write("\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n")
                }
                try connection.write("0\r\nTrailer: ignored\r\n\r\n")
            }
        }
        for _ in 0..<2 {
            let identifier = loop.beginStreaming(
                HTTPRequest(url: server.url, totalTimeout: nil, maximumResponseBytes: 1))
            let events = try loop.events { if case .response = $0 { true } else { false } }
            guard case .head(identifier, let head) = events.first, case .response(identifier, let end) = events.last
            else {
                Issue.record("\(events)")
                return
            }
            #expect(head.status == 200 && head.header("x") == "y" && head.header("trailer") == nil && head.body.isEmpty)
            #expect(events.bodyBytes(of: identifier) == Array("one\ntwo\nthree\n".utf8))
            #expect(try end.get() == head)
        }
        #expect(server.connectionCount == 2, "none is kept for later: a server may allow only so many")
    }

    @Test func givesALineAsSoonAsItIsThere() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n")
            #expect(connection.isAtEnd(), "the client leaves when it has seen the line")
        }
        let identifier = loop.beginStreaming(HTTPRequest(url: server.url, totalTimeout: nil))
        let events = try loop.events { if case .body = $0 { true } else { false } }
        #expect(events.bodyBytes(of: identifier) == Array("one\n".utf8))
        loop.cancel(identifier)
        #expect(try loop.wait(timeout: .zero).isEmpty)
    }

    @Test func tellsOfABreakInTheMiddle() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n8\r\nhal")
        }
        let identifier = loop.beginStreaming(HTTPRequest(url: server.url, totalTimeout: nil))
        let events = try loop.events { if case .response = $0 { true } else { false } }
        #expect(events.bodyBytes(of: identifier) == Array("one\nhal".utf8))
        guard case .response(_, .failure(.connectionLost)) = events.last else {
            Issue.record("\(events)")
            return
        }
    }

    @Test func makesTheServerWaitWhilePaused() throws {
        let total = 64 << 20
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)
            for _ in 0..<64 { try connection.write(piece) }
        }
        let identifier = loop.beginStreaming(HTTPRequest(url: server.url, totalTimeout: nil))
        var received = try loop.events { if case .head = $0 { true } else { false } }.bodyByteCount(of: identifier)
        loop.pause(identifier)
        for _ in 0..<20 { received += try loop.wait(timeout: .milliseconds(10)).bodyByteCount(of: identifier) }
        #expect(received < total / 2)
        loop.resume(identifier)
        let events = try loop.events { if case .response = $0 { true } else { false } }
        #expect(received + events.bodyByteCount(of: identifier) == total)
    }

    @Test func wakesUpForACallersDescriptor() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        #expect(try loop.wait(timeout: .zero, also: [ends[0]]).isEmpty)
        try #require(write(ends[1], "x", 1) == 1)
        let events = try loop.events(until: { _ in true }, also: [ends[0]])
        guard case .readable(ends[0]) = events.first else {
            Issue.record("\(events)")
            return
        }
    }

    @Test func wakesUpWhenADescriptorTakesBytesAgain() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while write(ends[1], bytes, bytes.count) > 0 {}
        #expect(try loop.wait(timeout: .zero, writing: [ends[1]]).isEmpty)
        try #require(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        while read(ends[0], &bytes, bytes.count) > 0 {}
        let events = try loop.wait(timeout: .seconds(10), also: [ends[0]], writing: [ends[1]])
        guard case .writable(ends[1]) = events.first, events.count == 1 else {
            Issue.record("\(events)")
            return
        }
    }

    @Test func wakesUpFromAnotherThread() throws {
        let waker = loop.waker
        startThread { waker.wakeUp() }
        let start = MonotonicClock.now
        #expect(try loop.wait(timeout: .seconds(10)).isEmpty)
        loop.wakeUp()
        #expect(try loop.wait(timeout: .seconds(10)).isEmpty)
        #expect(MonotonicClock.now - start < .seconds(9))
    }

    @Test func waitsNoLongerThanTheTimeout() throws {
        let start = MonotonicClock.now
        #expect(try loop.wait(timeout: .milliseconds(50)).isEmpty)
        #expect(MonotonicClock.now - start >= .milliseconds(49))
    }
}
