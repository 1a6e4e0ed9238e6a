import Cryptography
import Glibc
import Synchronization
import Testing

@testable import Transfer

@Suite struct TransferLoopHTTPTests {
    private let loop: TransferLoop

    init() throws {
        loop = try TransferLoop()
    }

    @Test func keepsTheConnectionForTheNextRequest() throws {
        let server = try LocalServer { connection in
            while true {
                let request = try connection.readRequest()
                try connection.respond(request.head[0], headers: "X-Echo:  a b \r\nx-echo: second\r\n")
            }
        }
        for path in ["/a", "/b", "/c"] {
            let response = try loop.result(of: loop.begin(HTTPRequest(url: server.url + path))).get()
            #expect(response.status == 200)
            #expect(response.body == Array("GET \(path) HTTP/1.1".utf8))
            #expect(response.header("X-ECHO") == "a b")
            #expect(response.headers.filter { $0.name.lowercased() == "x-echo" }.count == 2)
        }
        #expect(server.connectionCount == 1)
    }

    @Test func sendsABodyOfFourMebibytesAsItIs() throws {
        let server = try LocalServer { connection in
            let request = try connection.readRequest()
            let digest = Hexadecimal.encode(SHA256.digest(request.body))
            try connection.respond(request.head.joined(separator: "\n"), headers: "X-Digest: \(digest)\r\n")
        }
        let body = SecureRandom.bytes(4 << 20)
        let request = HTTPRequest(
            method: "PUT", url: server.url + "/v1/batches/d/1/2",
            headers: [HTTPHeader("Content-Type", "application/x-test"), HTTPHeader("X-Empty", "")], body: body)
        let response = try loop.result(of: loop.begin(request)).get()
        #expect(response.header("x-digest") == Hexadecimal.encode(SHA256.digest(body)))
        let head = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        #expect(head[0] == "PUT /v1/batches/d/1/2 HTTP/1.1")
        #expect(head.contains("Content-Length: \(4 << 20)"))
        #expect(head.contains("Content-Type: application/x-test"))
        #expect(head.contains { $0.hasPrefix("X-Empty:") })
        #expect(
            !head.contains { $0.lowercased().hasPrefix("expect") || $0.lowercased().hasPrefix("transfer-encoding") })
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func announcesAnEmptyBody(method: String) throws {
        let server = try LocalServer { connection in
            try connection.respond(try connection.readRequest().head.joined(separator: "\n"))
        }
        let request = HTTPRequest(method: method, url: server.url, body: [])
        let response = try loop.result(of: loop.begin(request)).get()
        let head = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        #expect(head[0] == "\(method) / HTTP/1.1")
        #expect(head.contains("Content-Length: 0"))
    }

    @Test func takesARedirectAsAnAnswerAndPassesOverInterimOnes() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 103 Early Hints\r\nX: early\r\n\r\n")
            try connection.respond("", status: "301 Moved", headers: "Location: /other\r\n")
        }
        let response = try loop.result(of: loop.begin(HTTPRequest(url: server.url))).get()
        #expect(response.status == 301)
        #expect(response.header("location") == "/other")
        #expect(response.header("x") == nil)
    }

    @Test func readsTheAnswerToHead() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            _ = connection.isAtEnd()
        }
        let response = try loop.result(of: loop.begin(HTTPRequest(method: "HEAD", url: server.url))).get()
        #expect(response.header("content-length") == "5")
        #expect(response.body.isEmpty)
    }

    @Test func sendsAgainOnANewConnectionWhenTheKeptOneIsDead() throws {
        let requests = Mutex<[Int]>([])
        let server = try LocalServer { connection in
            while true {
                let count = try connection.readRequest().body.count
                let number = requests.withLock {
                    $0.append(count)
                    return $0.count
                }
                if number == 2 { return }
                try connection.respond("ok")
            }
        }
        let request = HTTPRequest(method: "PUT", url: server.url, body: [UInt8](repeating: 7, count: 300_000))
        for _ in 0..<2 { #expect(try loop.result(of: loop.begin(request)).get().status == 200) }
        #expect(requests.withLock { $0 } == [300_000, 300_000, 300_000])
        #expect(server.connectionCount == 2)
    }

    @Test func timesOutWhenTheServerIsSilent() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            #expect(connection.isAtEnd())
        }
        let request = HTTPRequest(url: server.url, totalTimeout: .milliseconds(100))
        let result = try loop.result(of: loop.begin(request))
        guard case .failure(.timedOut) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func serverThatNeverShakesHandsIsUnreachable() throws {
        let server = try LocalServer { connection in _ = try connection.readRequest() }
        let request = HTTPRequest(
            url: "https://127.0.0.1:\(server.port)", connection: ConnectionOptions(connectTimeout: .milliseconds(100)))
        let result = try loop.result(of: loop.begin(request))
        guard case .failure(.unreachable) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test(arguments: [(1000, true), (1001, false)])
    func limitsTheAnswer(count: Int, fits: Bool) throws {
        let server = try LocalServer { connection in
            let isChunked = try connection.readRequest().head[0].contains("chunked")
            let body = String(repeating: "a", count: count)
            if isChunked {
                try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                try connection.write("\(String(count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
            } else {
                try connection.respond(body)
            }
        }
        for path in ["/length", "/chunked"] {
            let request = HTTPRequest(url: server.url + path, maximumResponseBytes: 1000)
            let result = try loop.result(of: loop.begin(request))
            if fits {
                #expect(try result.get().body.count == count)
            } else {
                #expect(result == .failure(.tooLarge(limit: 1000)))
            }
        }
    }

    @Test func limitsTheHeadOfAnAnswer() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\n")
            while true { try connection.write("X-More: \(String(repeating: "a", count: 1000))\r\n") }
        }
        let result = try loop.result(of: loop.begin(HTTPRequest(url: server.url)))
        #expect(result == .failure(.tooLarge(limit: HTTPTransfer.maximumHeadBytes)))
    }

    @Test func namesARefusedConnection() throws {
        let port = try closedPort()
        let result = try loop.result(of: loop.begin(HTTPRequest(url: "http://127.0.0.1:\(port)/")))
        guard case .failure(.unreachable) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "HTTP/1.1 200 OK\r\nX: "])
    func namesALostConnection(answer: String) throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.write(answer)
        }
        let result = try loop.result(of: loop.begin(HTTPRequest(url: server.url)))
        guard case .failure(.connectionLost) = result else {
            Issue.record("\(result) after \(answer)")
            return
        }
    }

    @Test(arguments: [
        HTTPRequest(url: "file:///etc/hostname"), HTTPRequest(url: "ftp://127.0.0.1/"), HTTPRequest(url: "127.0.0.1"),
        HTTPRequest(url: ""), HTTPRequest(url: "http://127.0.0.1/a b"), HTTPRequest(url: "http://127.0.0.1/\r\nX: y"),
        HTTPRequest(method: "GET /x", url: "http://127.0.0.1/"), HTTPRequest(method: "", url: "http://127.0.0.1/"),
        HTTPRequest(url: "http://127.0.0.1/", headers: [HTTPHeader("X", "a\r\nY: b")]),
        HTTPRequest(
            url: "https://127.0.0.1/", connection: ConnectionOptions(trust: .pinnedPublicKey(sha256: [1, 2, 3]))),
    ])
    func refusesWhatCannotBeSent(request: HTTPRequest) throws {
        let result = try loop.result(of: loop.begin(request))
        guard case .failure(.invalidRequest) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func goesThroughAProxy() throws {
        let proxy = try LocalServer { connection in
            try connection.respond(try connection.readRequest().head[0])
        }
        let request = HTTPRequest(
            url: "http://somewhere.invalid/path", connection: ConnectionOptions(proxy: proxy.url))
        let response = try loop.result(of: loop.begin(request)).get()
        #expect(response.body == Array("GET http://somewhere.invalid/path HTTP/1.1".utf8))
    }

    @Test func sendsNoFasterThanAllowed() throws {
        let server = try LocalServer { connection in
            _ = try connection.readRequest()
            try connection.respond("ok")
        }
        let start = MonotonicClock.now
        let request = HTTPRequest(
            method: "PUT", url: server.url, body: [UInt8](repeating: 1, count: 400_000),
            maximumSendBytesPerSecond: 400_000)
        #expect(try loop.result(of: loop.begin(request)).get().status == 200)
        #expect(MonotonicClock.now - start > .milliseconds(300))
    }

    @Test func runsManyRequestsAtOnce() throws {
        let server = try LocalServer { connection in
            while true { try connection.respond(try connection.readRequest().head[0]) }
        }
        var missing = Set((0..<30).map { loop.begin(HTTPRequest(url: server.url + "/\($0)")) })
        _ = try loop.events { event in
            if case .response(let identifier, .success) = event { missing.remove(identifier) }
            return missing.isEmpty
        }
    }

    private func closedPort() throws -> Int {
        let server = try LocalServer { _ in }
        return server.port
    }
}
