/// The beginning of an answer that an earlier answer to the same question has delivered already.
///
/// What was missed is asked for from a little before the resume point on, so that an answer which is cut off is followed
/// by one that begins with the same messages. Where these alone fill the room that the spool has, nothing behind them
/// would ever come in. So the messages at the head of a repeated answer are not recorded again, as many as were recorded
/// before; a hash over them tells whether they are the same. Where they are not, some may have been passed over, and the
/// question has to be asked once more. One number and one hash are kept, whatever the length.
struct KnownBeginning: Equatable {
    /// What to do with a message.
    enum Verdict: Equatable {
        /// It is to be recorded.
        case new
        /// It was recorded before.
        case known
        /// The answer is another one than before: it has to be asked for again, and is then taken whole.
        case differs
    }

    /// Messages, counted and hashed in their order (FNV-1a over their fingerprints).
    private struct Run: Equatable {
        var count = 0
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func append(_ fingerprint: UInt64) {
            count += 1
            hash = (hash ^ fingerprint) &* 0x100_0000_01B3
        }
    }

    private var question: Int64?
    private var recorded = Run()
    private var heard = Run()

    /// Whether the answer has not yet come to what is new in it.
    var isRepeating: Bool { heard.count < recorded.count }

    /// An answer to that question begins: to all after that time, nil for what comes from now on.
    mutating func begin(_ question: Int64?) {
        if question == nil || question != self.question { recorded = Run() }
        self.question = question
        heard = Run()
    }

    /// The answer's next message.
    mutating func judge(_ fingerprint: UInt64) -> Verdict {
        let wasRepeating = isRepeating
        heard.append(fingerprint)
        guard wasRepeating else {
            recorded = heard
            return .new
        }
        if isRepeating || heard == recorded { return .known }
        recorded = Run()
        return .differs
    }

    /// The answer has ended before it came to what is new: what was passed over is unproven, and asked for once more.
    mutating func forget() {
        recorded = Run()
    }
}
