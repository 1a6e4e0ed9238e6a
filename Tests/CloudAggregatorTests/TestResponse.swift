/// One HTTP/1.1 answer, read from its bytes.
struct TestResponse: Sendable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The answer at the head of `bytes`; nil while it is not complete. Without Content-Length it ends with the connection.
    init?(_ bytes: [UInt8], isClosed: Bool = false) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        let rest = Array(bytes[end.upperBound...])
        if status != 204, status != 304 {
            guard let length = headers["content-length"].flatMap({ Int($0) }) else {
                guard isClosed else { return nil }
                (self.status, self.headers, body) = (status, headers, rest)
                return
            }
            guard rest.count >= length else { return nil }
            (self.status, self.headers, body) = (status, headers, Array(rest.prefix(length)))
        } else {
            (self.status, self.headers, body) = (status, headers, [])
        }
    }
}
