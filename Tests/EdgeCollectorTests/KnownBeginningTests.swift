import Testing

@testable import EdgeCollector

@Suite struct KnownBeginningTests {
    private var beginning = KnownBeginning()

    private mutating func answer(_ question: Int64?, _ messages: [UInt64]) -> [KnownBeginning.Verdict] {
        beginning.begin(question)
        return messages.map { beginning.judge($0) }
    }

    @Test mutating func firstAnswerIsNew() {
        #expect(answer(500, [1, 2, 1]) == [.new, .new, .new])
    }

    @Test mutating func repeatedAnswerIsNewBehindWhatIsKnown() {
        _ = answer(500, [1, 2])
        #expect(answer(500, [1, 2, 3]) == [.known, .known, .new])
        #expect(answer(500, [1, 2, 3, 4]) == [.known, .known, .known, .new])
    }

    @Test mutating func answerThatIsCutOffWithinWhatIsKnownForgetsNothing() {
        _ = answer(500, [1, 2, 3])
        #expect(answer(500, [1]) == [.known])
        #expect(beginning.isRepeating)
        #expect(answer(500, [1, 2, 3, 4]) == [.known, .known, .known, .new])
        #expect(!beginning.isRepeating)
    }

    @Test(arguments: [[7, 1, 2], [1, 3, 2], [2, 1, 3]] as [[UInt64]])
    func otherAnswerIsTakenWholeTheNextTime(other: [UInt64]) {
        var test = self
        _ = test.answer(500, [1, 2, 3])
        #expect(test.answer(500, other) == [.known, .known, .differs])
        #expect(test.answer(500, other) == [.new, .new, .new])
    }

    @Test mutating func otherQuestionIsAnsweredAnew() {
        _ = answer(500, [1, 2])
        #expect(answer(501, [1, 2]) == [.new, .new])
        #expect(answer(nil, [1, 2]) == [.new, .new])
        #expect(answer(nil, [1, 2]) == [.new, .new])
    }

    @Test mutating func whatIsForgottenIsTakenAgain() {
        _ = answer(500, [1, 2])
        beginning.forget()
        #expect(answer(500, [1]) == [.new])
    }
}
