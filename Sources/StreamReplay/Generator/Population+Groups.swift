extension Population {
    /// How many topics a group has: every twentieth part of the real groups' counts.
    private static let topicCounts = [3, 5, 6, 7, 8, 9, 10, 11, 12, 12, 13, 13, 14, 14, 15, 15, 15, 15, 15, 15]

    /// Makes one group from its own dice.
    static func group(
        _ index: Int, place: Int, _ catalogue: TopicCatalogue, _ dice: inout SplitMix64
    ) -> GroupProfile {
        let chosen = catalogue.draw(dice.pick(topicCounts), &dice)
        let subject = dice.below(Vocabulary.subjects.count)
        let form = dice.pick(Vocabulary.groupForms)
        let ornament = dice.happens(in100000: 1_500) ? " \(dice.pick(Vocabulary.ornaments))" : ""
        let city = Place.all[place]
        let subjectNames = Vocabulary.subjects[subject]
        let name = dice.below(100) < 70 ? "\(city.city) \(subjectNames.name)" : "The \(subjectNames.name)"
        let (period, isSeries) = calendar(&dice)
        return GroupProfile(
            identifier: 1_000_000 + Int64((UInt64(index) &* 40_503_817) & 0xFF_FFFF),
            name: Array("\(name) \(form)\(ornament)".utf8),
            urlName: Array("\(city.slug)-\(subjectNames.key)-\(index)".utf8),
            place: place,
            latitudeOffset: dice.within(-9...9),
            topics: chosen,
            spellsVariant: dice.happens(in100000: 1_500),
            period: period,
            phase: Int64(dice.below(Int(period / 1_800_000))) * 1_800_000,
            isSeries: isSeries,
            topicEffect: chosen.reduce(0) { $0 + catalogue.effects[Int($1)] },
            subject: subject,
            positionLifetime: dice.happens(in100000: 2_000) ? 10_800_000 : 400 * day)
    }

    /// How often a group meets, and whether it does so in a series.
    private static func calendar(_ dice: inout SplitMix64) -> (period: Int64, isSeries: Bool) {
        let kind = dice.below(100)
        let days: Int64 = kind < 10 ? 1 : kind < 55 ? 7 : kind < 75 ? 14 : 28
        return (days * day, dice.happens(in100000: 28_000))
    }
}
