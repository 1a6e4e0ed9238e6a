/// How a generated member's answer comes about: a sum of effects of what the message shows, plus noise, against a
/// threshold.
///
/// The effects are the country's, each topic's, the member's own and that of the time left until the event; a linear
/// model over those attributes can learn them. About the same share says yes whatever the seed.
struct ResponseModel {
    private static let noiseDeviation = 1_000
    private static let calibrationDraws = 4_096

    private let placeEffects: [Int]
    private var threshold = 0

    /// - Parameter share: how many of 1,000 fresh answers are yes.
    init(population: Population, start: Int64, yesPerThousand share: Int) {
        placeEffects = Self.placeEffects(seed: population.seed)
        var dice = SplitMix64(seed: population.seed ^ 0x5EED_CA11)
        var inclinations: [Int] = []
        for _ in 0..<Self.calibrationDraws {
            let member = population.drawMember(&dice)
            let group = population.drawGroup(ofMember: member, &dice)
            let occurrence = population.drawOccurrence(ofGroup: group, after: start, &dice)
            inclinations.append(
                inclination(
                    of: population.member(member), group: population.groups[group],
                    lead: population.event(group: group, occurrence: occurrence).time - start)
                    + Self.noise(&dice))
        }
        inclinations.sort()
        threshold = inclinations[Self.calibrationDraws * (1_000 - share) / 1_000]
    }

    /// Draws an answer.
    /// - Parameter lead: milliseconds until the event.
    func draw(
        member: MemberProfile, group: GroupProfile, lead: Int64, _ dice: inout SplitMix64
    ) -> RSVP.Response {
        inclination(of: member, group: group, lead: lead) + Self.noise(&dice) >= threshold ? .yes : .no
    }

    private func inclination(of member: MemberProfile, group: GroupProfile, lead: Int64) -> Int {
        placeEffects[group.place] + group.topicEffect + member.tendency + Self.leadEffect(lead)
    }

    private static func leadEffect(_ lead: Int64) -> Int {
        switch lead {
        case ..<(Population.day / 4): 700
        case ..<Population.day: 350
        case ..<(3 * Population.day): 100
        case ..<(7 * Population.day): -150
        case ..<(14 * Population.day): -400
        default: -700
        }
    }

    /// One effect per country, the same for all its places.
    private static func placeEffects(seed: UInt64) -> [Int] {
        var dice = SplitMix64(seed: seed ^ 0xC0_FFEE)
        var effects: [Int] = []
        for (index, place) in Place.all.enumerated() {
            let known = Place.all[..<index].firstIndex { $0.country == place.country }
            effects.append(known.map { effects[$0] } ?? dice.within(-900...900))
        }
        return effects
    }

    /// The sum of twelve uniform numbers, less its mean: near enough to a normal distribution, and all integers.
    private static func noise(_ dice: inout SplitMix64) -> Int {
        (0..<12).reduce(-6 * noiseDeviation) { sum, _ in sum + dice.below(noiseDeviation + 1) }
    }
}
