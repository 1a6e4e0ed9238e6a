/// What is asked of the metrics' server, read from as many bytes as have come (RFC 9112).
enum MetricsRequest: Equatable {
    /// The head of a request may take so many bytes.
    static let maximumBytes = 4096

    /// The head is not whole yet.
    case incomplete
    /// A path is asked for, its query left away; `isHead` where the content is not wanted.
    case get(path: String, isHead: Bool)
    /// Something is asked that is not to be had here.
    case wrongMethod
    /// The head is longer than it may be.
    case tooLarge
    /// The bytes are no request.
    case malformed

    /// Reads the beginning of what a client has sent.
    init(_ bytes: [UInt8]) {
        guard let end = Self.headEnd(bytes) else {
            self = bytes.count < Self.maximumBytes ? .incomplete : .tooLarge
            return
        }
        guard end <= Self.maximumBytes else {
            self = .tooLarge
            return
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[1].first == UInt8(ascii: "/"), words[2].starts(with: Array("HTTP/1.".utf8)),
            line.allSatisfy({ (0x20..<0x7F).contains($0) })
        else {
            self = .malformed
            return
        }
        let path = String(decoding: words[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        switch String(decoding: words[0], as: UTF8.self) {
        case "GET": self = .get(path: path, isHead: false)
        case "HEAD": self = .get(path: path, isHead: true)
        default: self = .wrongMethod
        }
    }

    /// How many bytes the head takes with the empty line that ends it; a line may end without a carriage return.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        var isLineEmpty = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                if isLineEmpty { return index + 1 }
                isLineEmpty = true
            } else if byte != UInt8(ascii: "\r") {
                isLineEmpty = false
            }
        }
        return nil
    }
}
