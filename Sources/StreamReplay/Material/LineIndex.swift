import JSON

/// Decides line by line what of a recording is replayed.
struct LineIndex {
    /// How deep a recorded message may nest before it counts as no JSON.
    static let depth = 64

    private(set) var lines: [Recording.Line] = []
    private(set) var warnings: [String] = []
    private let parser: JSONParser
    private let name: String
    private let time: MessageTime
    private var number = 0

    init(parser: JSONParser, name: String, time: MessageTime) {
        self.parser = parser
        self.name = name
        self.time = time
    }

    /// Looks at the next line, given without its end.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>, at start: Int, isEnded: Bool) {
        number += 1
        guard !line.isEmpty else { return }
        do {
            let (isObject, mtime) = try parser.parse(line) { root in (root.kind == .object, time.milliseconds(of: root))
            }
            if isObject || isEnded {
                lines.append(Recording.Line(start: start, count: line.count, mtime: mtime))
            } else {
                warnings.append("\(name): the last line, \(number), is cut off and passed over")
            }
        } catch {
            if !isEnded {
                warnings.append("\(name): the last line, \(number), is cut off and passed over")
            } else if String(validating: line, as: UTF8.self) == nil {
                warnings.append("\(name): line \(number) is not UTF-8 and passed over")
            } else {
                lines.append(Recording.Line(start: start, count: line.count, mtime: nil))
            }
        }
    }
}
