import BatchFormat
import EdgeCollector

/// Makes the messages of the source as the field notes describe the real one: times that go back, echoes with rounded
/// times, announcements of what is months old, and now and then what is no event at all.
struct MessageMaker {
    private static let hexDigits = Array("0123456789abcdef".utf8)
    private static let month: Int64 = 30 * 86_400_000

    private var random: SeededGenerator
    private let hasAwkwardLines: Bool
    private let lengths: ClosedRange<Int>
    private var recent: [(index: Int, identity: Int, time: Int64, rest: String)] = []

    /// - Parameter kinds: whether some messages are no events, and whether they are so large that they fill a quota.
    init(seed: UInt64, kinds: Set<FaultKind>) {
        random = SeededGenerator(seed: seed)
        hasAwkwardLines = kinds.contains(.awkwardLines)
        lengths = kinds.contains(.smallQuota) ? 1000...3000 : 40...600
    }

    /// The message of that place in the stream.
    mutating func message(_ index: Int, at now: Int64) -> StreamMessage {
        let wall = SimulatedClock.beginning + now
        let draw = Int.random(in: 0..<100, using: &random)
        if hasAwkwardLines, draw >= 94 { return awkward(draw, index, wall, now) }
        if draw < 14, let original = recent.randomElement(using: &random) {
            let rounded = (original.time + 500) / 1000 * 1000
            return StreamMessage(
                index: index, kind: .echo, sentAt: now, time: rounded,
                bytes: Self.line(original.identity, rounded, original.rest))
        }
        let isOld = draw < 17
        var time = wall - Int64.random(in: 1...900, using: &random)
        if draw >= 17, draw < 32 { time -= Int64.random(in: 0...15_000, using: &random) }
        if isOld { time = (time - Self.month * Int64.random(in: 1...9, using: &random)) / 1000 * 1000 }
        if !isOld, time % 1000 == 0 { time += 1 }
        let identity = 1_000_000 + index
        let rest = rest()
        if !isOld {
            recent.append((index, identity, time, rest))
            if recent.count > 30 { recent.removeFirst() }
        }
        return StreamMessage(
            index: index, kind: isOld ? .old : .news, sentAt: now, time: time, bytes: Self.line(identity, time, rest))
    }

    private mutating func rest() -> String {
        let length = Int.random(in: lengths, using: &random)
        var digits: [UInt8] = []
        digits.reserveCapacity(length + 16)
        while digits.count < length {
            var word = random.next()
            for _ in 0..<16 {
                digits.append(Self.hexDigits[Int(word & 15)])
                word >>= 4
            }
        }
        let answer = ["yes", "no", "waitlist"].randomElement(using: &random) ?? "yes"
        let member = Int.random(in: 1...40, using: &random)
        return #""answer":"\#(answer)","member":{"id":\#(member),"note":"\#(String(decoding: digits, as: UTF8.self))"}"#
    }

    private static func line(_ identity: Int, _ time: Int64, _ rest: String) -> [UInt8] {
        Array(#"{"id":\#(identity),"mtime":\#(time),\#(rest)}"#.utf8)
    }

    /// What is no event: no JSON, too long a line, or two lines.
    private mutating func awkward(_ draw: Int, _ index: Int, _ wall: Int64, _ now: Int64) -> StreamMessage {
        let time = wall - 1
        switch draw {
        case 99:
            let bytes =
                Array(#"{"id":\#(index),"long":""#.utf8)
                + [UInt8](repeating: UInt8(ascii: "x"), count: BatchLimits.maximumLineBytes) + Array(#""}"#.utf8)
            return StreamMessage(index: index, kind: .oversized, sentAt: now, time: time, bytes: bytes)
        case 97, 98:
            let bytes = Array("{\"id\":\(index),\n\"mtime\":\(time)}".utf8)
            return StreamMessage(index: index, kind: .twoLines, sentAt: now, time: time, bytes: bytes)
        default:
            return StreamMessage(
                index: index, kind: .news, sentAt: now, time: time, bytes: Array("{\"id\":\(index),\"mti".utf8))
        }
    }
}
