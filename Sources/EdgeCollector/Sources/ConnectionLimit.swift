/// Decides who may connect to a host, so that all streams of the process together never have more connections to it than
/// it allows: Meetup allows ten to one address. Does nothing itself; shared by all collectors.
///
/// Who gets no place asks again after `turn`. While a live stream waits for a host, no fetch gets a place there.
final class ConnectionLimit {
    /// Who got no place asks again after so long.
    static let turn: Duration = .seconds(1)

    enum Purpose {
        /// A stream as it comes.
        case live
        /// What was missed of it.
        case fetch
    }

    /// A connection that a stream has or wants.
    struct Claim: Hashable {
        let stream: String
        let purpose: Purpose
        let host: String

        /// A connection to that address.
        init(_ stream: String, _ purpose: Purpose, url: String) {
            self.stream = stream
            self.purpose = purpose
            host = Self.host(of: url)
        }

        /// Without port: what a host allows it allows to all its services together.
        static func host(of url: String) -> String {
            let authority = url.drop { $0 != ":" }.dropFirst(3).prefix { !"/?#".contains($0) }
            let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
            if place.first == "[" { return place.prefix { $0 != "]" }.dropFirst().lowercased() }
            return place.prefix { $0 != ":" }.lowercased()
        }
    }

    private let perHost: Int
    private var held: Set<Claim> = []
    private var waiting: Set<Claim> = []

    init(perHost: Int) {
        self.perHost = perHost
    }

    /// Takes a place; false where the host has none left, or a live stream goes first.
    func take(_ claim: Claim) -> Bool {
        guard !held.contains(claim) else { return true }
        let taken = held.count { $0.host == claim.host }
        let goesSecond =
            claim.purpose == .fetch && waiting.contains { $0.host == claim.host && $0.purpose == .live }
        guard taken < perHost, !goesSecond else {
            waiting.insert(claim)
            return false
        }
        waiting.remove(claim)
        held.insert(claim)
        return true
    }

    /// Gives a place back, or the wish for one up.
    func release(_ claim: Claim) {
        held.remove(claim)
        waiting.remove(claim)
    }
}
