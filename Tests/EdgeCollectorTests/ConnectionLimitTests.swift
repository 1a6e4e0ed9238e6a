import Testing

@testable import EdgeCollector

@Suite struct ConnectionLimitTests {
    private static func claim(
        _ stream: String, _ purpose: ConnectionLimit.Purpose = .live, host: String = "stream.example"
    ) -> ConnectionLimit.Claim {
        ConnectionLimit.Claim(stream, purpose, url: "wss://\(host)/2/\(stream)")
    }

    @Test func noHostGetsMoreThanItAllows() {
        let limit = ConnectionLimit(perHost: 2)
        #expect(limit.take(Self.claim("a")) && limit.take(Self.claim("b")))
        #expect(limit.take(Self.claim("a")), "a place is taken once")
        #expect(!limit.take(Self.claim("c")))
        #expect(limit.take(Self.claim("c", host: "other.example")))
        limit.release(Self.claim("a"))
        #expect(limit.take(Self.claim("c")) && !limit.take(Self.claim("a")))
    }

    @Test func liveStreamsGoBeforeFetches() {
        let limit = ConnectionLimit(perHost: 1)
        #expect(limit.take(Self.claim("a")))
        #expect(!limit.take(Self.claim("a", .fetch)) && !limit.take(Self.claim("b")))
        limit.release(Self.claim("a"))
        #expect(!limit.take(Self.claim("a", .fetch)), "b was refused and asks again")
        #expect(limit.take(Self.claim("b")))
        limit.release(Self.claim("b"))
        #expect(limit.take(Self.claim("a", .fetch)))
        limit.release(Self.claim("a", .fetch))
        #expect(limit.take(Self.claim("a")))
    }

    @Test func wishThatIsGivenUpKeepsNobodyBack() {
        let limit = ConnectionLimit(perHost: 1)
        #expect(limit.take(Self.claim("a")) && !limit.take(Self.claim("b")))
        limit.release(Self.claim("b"))
        limit.release(Self.claim("a"))
        #expect(limit.take(Self.claim("a", .fetch)))
    }

    @Test(arguments: [
        ("wss://Stream.Example/2/rsvps", "stream.example"), ("https://stream.example:8443?x=1", "stream.example"),
        ("http://user:word@stream.example", "stream.example"), ("ws://[::1]:9000/2/rsvps", "::1"),
        ("ws://127.0.0.1:80", "127.0.0.1"),
    ])
    func hostIsTheAddressWithoutItsPort(url: String, host: String) {
        #expect(ConnectionLimit.Claim.host(of: url) == host)
    }

    /// Random takes and releases of sixteen streams: never more than allowed, and a place that is free is given.
    @Test(arguments: 0..<20) func placesAreNeitherExceededNorLost(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limit = ConnectionLimit(perHost: 10)
        var held: Set<ConnectionLimit.Claim> = []
        for step in 0..<2000 {
            let stream = "s\(Int.random(in: 0..<16, using: &random))"
            let claim = Self.claim(stream, Bool.random(using: &random) ? .live : .fetch)
            if Bool.random(using: &random) {
                let isTaken = limit.take(claim)
                if isTaken { held.insert(claim) }
                let isFree = held.count < 10
                #expect(isTaken || claim.purpose == .fetch || !isFree, "seed \(seed), step \(step)")
            } else {
                limit.release(claim)
                held.remove(claim)
            }
            #expect(held.count <= 10, "seed \(seed), step \(step)")
        }
    }
}
