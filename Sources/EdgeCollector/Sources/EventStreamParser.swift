import BatchFormat

/// Reads a stream of server-sent events (WHATWG HTML, section 9.2.6), in pieces of any size.
///
///     stream = [BOM] *event ; event = *(comment | field) blank line ; a line ends with CR LF, LF or CR
///     field  = "event" | "data" | "id" | "retry", then ":", one space that does not count, and the value
///
/// Lines of `data` are put together with line feeds. An event that no blank line ended is none. What is longer than an
/// event may be is cut to one byte more than that, so that whoever takes it sees that it is too long.
///
/// A class, so that whoever takes an event may begin another parser in its place.
final class EventStreamParser {
    /// What came.
    struct Message: Equatable {
        /// The last `id` up to here; nil where there was none, or an empty one.
        var identifier: String?
        /// What `event` says; `message` where it says nothing.
        var type: String
        /// The lines of `data`.
        var data: [UInt8]
    }

    private static let limit = BatchLimits.maximumLineBytes + 1
    /// A line is the data of one event and the name of the field.
    private static let lineLimit = limit + 64
    /// A longer identifier is not one to ask a server with.
    private static let identifierLimit = 1024

    /// How long the server wants to be left alone before it is asked again; nil where it did not say.
    private(set) var retry: Duration?
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var identifier: String?
    private var isFirstLine = true
    private var hasReturned = false

    /// - Parameter identifier: the last one of the connection before.
    init(identifier: String? = nil) {
        self.identifier = identifier
    }

    /// Hands each event that `bytes` completes to `body`.
    func append(_ bytes: [UInt8], _ body: (Message) throws -> Void) rethrows {
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
            let isSecondHalf = byte == UInt8(ascii: "\n") && (index > 0 ? bytes[index - 1] == 13 : hasReturned)
            if !isSecondHalf {
                keep(bytes[start..<index])
                try finishLine(body)
            }
            start = index + 1
        }
        keep(bytes[start...])
        if let last = bytes.last { hasReturned = last == UInt8(ascii: "\r") }
    }

    private func keep(_ bytes: ArraySlice<UInt8>) {
        line.append(contentsOf: bytes.prefix(max(0, Self.lineLimit - line.count)))
    }

    private func finishLine(_ body: (Message) throws -> Void) rethrows {
        var content = line[...]
        if isFirstLine, content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !content.isEmpty else { return try dispatch(body) }
        let colon = content.firstIndex(of: UInt8(ascii: ":"))
        var value = colon.map { content[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        take(String(decoding: content[..<(colon ?? content.endIndex)].prefix(16), as: UTF8.self), value)
    }

    private func take(_ field: String, _ value: ArraySlice<UInt8>) {
        switch field {
        case "data":
            if hasData { append([UInt8(ascii: "\n")]) }
            hasData = true
            append(value)
        case "event": type = String(decoding: value, as: UTF8.self)
        case "id":
            if value.isEmpty { identifier = nil }
            guard value.count <= Self.identifierLimit, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return }
            identifier = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        case "retry":
            guard value.count <= 9, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
            if let milliseconds = Int(String(decoding: value, as: UTF8.self)) { retry = .milliseconds(milliseconds) }
        default: break
        }
    }

    private func append(_ bytes: ArraySlice<UInt8>) {
        data.append(contentsOf: bytes.prefix(max(0, Self.limit - data.count)))
    }

    private func dispatch(_ body: (Message) throws -> Void) rethrows {
        defer {
            data.removeAll(keepingCapacity: true)
            (hasData, type) = (false, "")
        }
        if data.isEmpty { return }
        try body(Message(identifier: identifier, type: type.isEmpty ? "message" : type, data: data))
    }
}
