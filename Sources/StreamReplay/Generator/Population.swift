/// Who and what the generated stream is about. A function of the seed alone; memory does not grow with the stream.
///
/// Groups are kept; members, events and venues are computed from seed and number whenever a message names them, so that
/// an event's group and an RSVP's member and event can never change.
final class Population: Sendable {
    static let groupCount = 8_192
    static let memberCount = 262_144
    static let venuesPerGroup = 4
    private static let homesPerMember = 4
    static let day: Int64 = 86_400_000

    let seed: UInt64
    /// Where the groups' calendars begin, milliseconds since 1970.
    let calendarStart: Int64
    let groups: [GroupProfile]
    let topics: TopicCatalogue
    private let groupPopularity: ZipfTable
    private let memberActivity: ZipfTable

    /// What a salt is for, so that no two uses share one.
    private enum Purpose: UInt64 {
        case topics = 1, group, member, home, event, venue
    }

    /// - Parameter start: when the stream begins, milliseconds since 1970.
    init(seed: UInt64, start: Int64) {
        self.seed = seed
        calendarStart = start - start % Self.day - 60 * Self.day
        let catalogue = TopicCatalogue(seed: Self.salt(seed, .topics, 0))
        topics = catalogue
        let places = Self.placesInProportion(seed: seed)
        groups = (0..<Self.groupCount).map { index in
            var dice = SplitMix64(seed: Self.salt(seed, .group, UInt64(index)))
            return Self.group(index, place: places[index % places.count], catalogue, &dice)
        }
        groupPopularity = ZipfTable(count: Self.groupCount, offset: 24)
        memberActivity = ZipfTable(count: Self.memberCount, offset: 80)
    }

    /// A member, the active ones more often.
    func drawMember(_ dice: inout SplitMix64) -> Int {
        memberActivity.draw(&dice)
    }

    /// One of the few groups that the member belongs to, the first home more often.
    func drawGroup(ofMember member: Int, _ dice: inout SplitMix64) -> Int {
        let home = min(dice.below(Self.homesPerMember), dice.below(Self.homesPerMember))
        let salt = Self.salt(seed, .home, UInt64(member * Self.homesPerMember + home))
        var homeDice = SplitMix64(seed: salt)
        return groupPopularity.draw(&homeDice)
    }

    /// The number of a group's event that is still to come at `time`; mostly the next one.
    func drawOccurrence(ofGroup group: Int, after time: Int64, _ dice: inout SplitMix64) -> Int {
        let profile = groups[group]
        let next = max(0, (time - calendarStart - profile.phase) / profile.period + 1)
        let ahead = dice.below(100)
        return Int(next) + (ahead < 65 ? 0 : ahead < 88 ? 1 : dice.within(2...5))
    }

    /// The number of a group's event that was before `time`; mostly the last one.
    func drawPastOccurrence(ofGroup group: Int, before time: Int64, _ dice: inout SplitMix64) -> Int {
        let profile = groups[group]
        let last = max(0, (time - calendarStart - profile.phase) / profile.period)
        let back = dice.below(100)
        return max(0, Int(last) - (back < 80 ? 0 : back < 93 ? 1 : dice.within(2...4)))
    }

    /// What stays the same about a member.
    func member(_ index: Int) -> MemberProfile {
        MemberProfile(index: index, salt: Self.salt(seed, .member, UInt64(index)))
    }

    /// What stays the same about an event.
    func event(group: Int, occurrence: Int) -> EventProfile {
        let key = UInt64(group) << 32 | UInt64(occurrence)
        var dice = SplitMix64(seed: Self.salt(seed, .event, key))
        let profile = groups[group]
        return EventProfile(
            number: 230_000_000 + Int64(group) << 13 + Int64(occurrence),
            time: calendarStart + profile.phase + Int64(occurrence) * profile.period,
            showsTime: !dice.happens(in100000: 800),
            showsVenue: !dice.happens(in100000: 19_300),
            venue: min(dice.below(Self.venuesPerGroup), dice.below(Self.venuesPerGroup)),
            opening: dice.below(Vocabulary.eventOpenings.count),
            closing: dice.below(Vocabulary.eventClosings.count),
            namesCity: dice.below(100) < 12,
            ornament: dice.happens(in100000: 1_500) ? dice.below(Vocabulary.ornaments.count) : nil)
    }

    /// Bits for a group's venue, the same each time.
    func venueSalt(group: Int, venue: Int) -> UInt64 {
        Self.salt(seed, .venue, UInt64(group * Self.venuesPerGroup + venue))
    }

    private static func salt(_ seed: UInt64, _ purpose: Purpose, _ key: UInt64) -> UInt64 {
        SplitMix64.finish(SplitMix64.finish(seed &+ purpose.rawValue &* 0xD1B5_4A32_D192_ED03) ^ SplitMix64.finish(key))
    }

    /// Indices of places, each as often as its weight says, spread evenly: any stretch of groups has about those
    /// shares.
    private static func placesInProportion(seed: UInt64) -> [Int] {
        let total = Place.all.reduce(0) { $0 + $1.weight }
        var owed = Place.all.indices.map { Int(SplitMix64.finish(seed &+ UInt64($0)) % 64) }
        return (0..<total).map { _ in
            for index in owed.indices { owed[index] += Place.all[index].weight }
            var most = 0
            for index in owed.indices where owed[index] > owed[most] { most = index }
            owed[most] -= total
            return most
        }
    }
}
