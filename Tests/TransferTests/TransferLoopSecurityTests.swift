import Glibc
import Testing

@testable import Transfer

@Suite struct TransferLoopSecurityTests {
    private func result(
        of server: TLSServer, host: String = "127.0.0.1", trust: ServerTrust, at milliseconds: Int64? = nil
    ) throws -> Result<HTTPResponse, TransferError> {
        let loop = try TransferLoop()
        let request = HTTPRequest(
            url: "https://\(host):\(server.port)/",
            connection: ConnectionOptions(trust: trust, certificateMilliseconds: milliseconds))
        return try loop.result(of: loop.begin(request))
    }

    private func expectUntrusted(
        _ result: Result<HTTPResponse, TransferError>, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard case .failure(.untrustedServer) = result else {
            Issue.record("\(result)", sourceLocation: sourceLocation)
            return
        }
    }

    @Test func trustsTheAuthorityOfTheFileAndNoOther() throws {
        let server = try TLSServer(["-www"])
        let other = try TLSIdentity()
        defer { other.remove() }
        #expect(try result(of: server, trust: .authority(file: server.identity.certificate)).get().status == 200)
        expectUntrusted(try result(of: server, trust: .authority(file: other.certificate)))
        expectUntrusted(try result(of: server, trust: .authority(file: other.folder + "/nothing.pem")))
        expectUntrusted(try result(of: server, trust: .systemAuthorities))
    }

    @Test func wantsTheHostOfTheAddressInTheCertificate() throws {
        let server = try TLSServer(["-www"])
        expectUntrusted(
            try result(of: server, host: "localhost", trust: .authority(file: server.identity.certificate)))
    }

    /// The certificate is good for two days.
    @Test func holdsCertificatesAgainstTheTimeItIsGiven() throws {
        let server = try TLSServer(["-www"])
        let trust = ServerTrust.authority(file: server.identity.certificate)
        let day: Int64 = 86_400_000
        let now = Int64(time(nil)) * 1000
        #expect(try result(of: server, trust: trust, at: now + day).get().status == 200)
        for wrong in [0, now - day, now + 3 * day, 4_291_747_200_000, 253_402_300_799_000] {
            expectUntrusted(try result(of: server, trust: trust, at: wrong))
        }
        let pin = try server.identity.pin()
        #expect(try result(of: server, trust: .pinnedPublicKey(sha256: pin), at: 0).get().status == 200)
    }

    @Test func trustsAPinnedKeyWhateverTheCertificateSays() throws {
        let server = try TLSServer(["-www"])
        let pin = try server.identity.pin()
        for host in ["127.0.0.1", "localhost"] {
            #expect(try result(of: server, host: host, trust: .pinnedPublicKey(sha256: pin)).get().status == 200)
            expectUntrusted(try result(of: server, host: host, trust: .pinnedPublicKey(sha256: pin.reversed())))
        }
    }

    @Test func refusesVersionsOfTLSBefore12() throws {
        let server = try TLSServer(["-www", "-tls1_1", "-cipher", "ALL@SECLEVEL=0"])
        let result = try result(of: server, trust: .authority(file: server.identity.certificate))
        guard case .failure(.unreachable) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func speaksWebSocketOverTLS() throws {
        let server = try TLSServer()
        let loop = try TransferLoop()
        let identifier = loop.openWebSocket(
            WebSocketRequest(
                url: "wss://127.0.0.1:\(server.port)/2/rsvps",
                connection: ConnectionOptions(trust: .authority(file: server.identity.certificate))))
        // The server writes what it receives to its output, where the test reads it; the loop has to run meanwhile.
        let waker = loop.waker
        let answer = TestAnswer()
        startThread { [server = Unchecked(server)] in
            answer.set(Result { try server.value.receivedWebSocketKey() })
            waker.wakeUp()
        }
        let limit = MonotonicClock.now + .seconds(10)
        while answer.key == nil, MonotonicClock.now < limit {
            #expect(try loop.wait(timeout: limit - MonotonicClock.now).isEmpty)
        }
        let key = try #require(answer.key).get()
        let large = [UInt8](repeating: 0x61, count: 40_000)
        try server.send(
            Array(ServerConnection.webSocketAnswer(key: key).utf8) + ServerFrame.text("a") + ServerFrame.bytes(1, large)
                + ServerFrame.close(1000))
        let (messages, outcome) = try loop.end(of: identifier)
        #expect(messages == [[0x61], large])
        #expect(outcome == .success(WebSocketClosure(code: 1000)))
    }
}
