/// An endless stream of comments on events of the real shape, about the members, groups and events of the RSVPs of the same
/// seed.
///
/// Some answer another comment, some are deleted later, which publishes them again, and some messages come again as they
/// were.
struct CommentGenerator: MessageGenerator {
    private static let habits = Republisher<Comment>.Habits(
        meanGap: 5_000, repeats: 9_000, changes: 8_000, changeDelay: 2_000...3_600_000)
    /// Comments remembered to be answered.
    private static let remembered = 64
    private static let (replies, negatives) = (30_000, 4_000)

    private let writer: CommentWriter
    private var dice: SplitMix64
    private var republisher: Republisher<Comment>
    private var nextIdentifier: Int64 = 475_000_000
    private var recent: [Comment] = []

    init(seed: UInt64, start: Int64) {
        writer = CommentWriter(population: Population(seed: seed, start: start))
        dice = SplitMix64(seed: SplitMix64.finish(seed ^ 0xC033_E475))
        republisher = Republisher(Self.habits, start: start)
    }

    mutating func next() -> Message.Content {
        let comment = republisher.next(&dice) { [recent, nextIdentifier, writer] time, dice in
            Self.fresh(at: time, after: nextIdentifier, recent, writer.population, &dice)
        } changed: { comment, time, _ in
            guard !comment.isDeleted else { return nil }
            var comment = comment
            (comment.isDeleted, comment.mtime) = (true, time)
            return comment
        }
        nextIdentifier = max(nextIdentifier, abs(comment.identifier))
        if !comment.isDeleted {
            if recent.count == Self.remembered { recent.removeFirst() }
            recent.append(comment)
        }
        return .comment(comment, writer)
    }

    private static func fresh(
        at time: Int64, after last: Int64, _ recent: [Comment], _ population: Population, _ dice: inout SplitMix64
    ) -> Comment {
        let identifier = last + Int64(dice.within(1...4))
        let member = population.drawMember(&dice)
        let words = UInt8(dice.below(Vocabulary.comments.count))
        if !recent.isEmpty, dice.happens(in100000: replies) {
            let answered = dice.pick(recent)
            return Comment(
                identifier: identifier, member: UInt32(member), group: answered.group, occurrence: answered.occurrence,
                inReplyTo: answered.identifier, words: words, isDeleted: false, mtime: time)
        }
        let group = population.drawGroup(ofMember: member, &dice)
        return Comment(
            identifier: dice.happens(in100000: negatives) ? -identifier : identifier, member: UInt32(member),
            group: UInt32(group), occurrence: UInt32(population.drawOccurrence(ofGroup: group, after: time, &dice)),
            inReplyTo: nil, words: words, isDeleted: false, mtime: time)
    }
}
