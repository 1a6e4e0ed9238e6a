/// What a request's target asks for: a path, and the parameters that the stream knows.
struct StreamQuery: Equatable {
    /// Where the answer begins.
    enum Beginning: Equatable {
        /// With the next message.
        case live
        /// With the published messages whose `mtime` is greater, in the order they were published.
        case sinceTime(Int64)
        /// With the last so many published messages that match.
        case sinceCount(Int)
        /// With the published message behind that number.
        case after(Int)
    }

    /// What is wrong with the parameters.
    struct Refusal: Error, Equatable {
        let message: String
    }

    let path: String
    let beginning: Beginning
    /// Only messages about this event; nil for all.
    let eventIdentity: String?

    /// Reads a request target such as `/2/rsvps?since_mtime=1489925470960`. Unknown parameters have no effect.
    init(target: String) throws(Refusal) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        var (time, count, identity): (String?, String?, String?)
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = try Self.decoded(sides.count > 1 ? sides[1] : "")
            switch sides[0] {
            case "since_mtime": time = value
            case "since_count": count = value
            case "event_id": identity = value
            default: break
            }
        }
        eventIdentity = identity
        switch (time, count) {
        case (nil, nil): beginning = .live
        case (let time?, nil):
            guard let time = Int64(time) else { throw Refusal(message: "since_mtime is not a number of milliseconds") }
            beginning = .sinceTime(time)
        case (nil, let count?):
            guard let count = Int(count), count >= 0 else { throw Refusal(message: "since_count is not a count") }
            beginning = .sinceCount(count)
        case (_?, _?): throw Refusal(message: "since_mtime and since_count exclude each other")
        }
    }

    /// The path alone of a request target.
    static func path(ofTarget target: String) -> String {
        String(target.prefix { $0 != "?" })
    }

    private static func decoded(_ text: Substring) throws(Refusal) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = Substring(rest.prefix(2))
                guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let code = UInt8(digits, radix: 16) else {
                    throw Refusal(message: "a parameter is not percent-encoded")
                }
                rest = rest.dropFirst(2)
                bytes.append(code)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
