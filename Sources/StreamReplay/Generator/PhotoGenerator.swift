/// An endless stream of photos of the real shape, about the members, groups and events of the RSVPs of the same seed.
///
/// Some photos get another caption later, and some messages come again as they were.
struct PhotoGenerator: MessageGenerator {
    private static let habits = Republisher<Photo>.Habits(
        meanGap: 3_000, repeats: 9_000, changes: 12_000, changeDelay: 5_000...1_800_000)
    private static let (withoutEvent, withoutCaption) = (12_000, 45_000)

    private let writer: PhotoWriter
    private var dice: SplitMix64
    private var republisher: Republisher<Photo>
    private var nextIdentifier: Int64 = 459_000_000

    init(seed: UInt64, start: Int64) {
        writer = PhotoWriter(population: Population(seed: seed, start: start))
        dice = SplitMix64(seed: SplitMix64.finish(seed ^ 0x0F07_0500))
        republisher = Republisher(Self.habits, start: start)
    }

    mutating func next() -> Message.Content {
        let population = writer.population
        var identifier = nextIdentifier
        let photo = republisher.next(&dice) { time, dice in
            identifier += Int64(dice.within(1...5))
            let member = population.drawMember(&dice)
            let group = population.drawGroup(ofMember: member, &dice)
            return Photo(
                identifier: identifier, member: UInt32(member), group: UInt32(group),
                occurrence: dice.happens(in100000: Self.withoutEvent)
                    ? nil : UInt32(population.drawPastOccurrence(ofGroup: group, before: time, &dice)),
                caption: dice.happens(in100000: Self.withoutCaption)
                    ? nil : UInt8(dice.below(Vocabulary.captions.count)),
                created: time, mtime: time)
        } changed: { photo, time, dice in
            var photo = photo
            photo.caption = UInt8(dice.below(Vocabulary.captions.count))
            photo.mtime = time
            return photo
        }
        nextIdentifier = identifier
        return .photo(photo, writer)
    }
}
