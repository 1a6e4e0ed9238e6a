/// A generated member: what stays the same in all its messages, computed from seed and number when needed.
struct MemberProfile {
    let identifier: Int64
    let givenName: Int
    let isForeignName: Bool
    let familyName: Int
    let nameForm: Int
    let hasPhoto: Bool
    /// How long a photo is kept, milliseconds.
    let photoLifetime: Int64
    /// One bit per service of the vocabulary.
    let services: Int
    /// What the member's temper adds to the inclination to say yes, in thousandths of the noise's deviation.
    let tendency: Int
    /// Bits for anything else, the same each time.
    let salt: UInt64

    init(index: Int, salt: UInt64) {
        var dice = SplitMix64(seed: salt)
        // An odd factor is a bijection on 28 bits: no two members share an identity.
        identifier = 2_000_000 + Int64((UInt64(index) &* 2_654_435_761) & 0xFFF_FFFF)
        isForeignName = dice.happens(in100000: 1_500)
        givenName = dice.below(isForeignName ? Vocabulary.foreignNames.count : Vocabulary.givenNames.count)
        familyName = dice.below(Vocabulary.familyNames.count)
        nameForm = dice.below(5)
        hasPhoto = !dice.happens(in100000: 5_300)
        photoLifetime = dice.happens(in100000: 3_000) ? 7_200_000 : 120 * 86_400_000
        services = dice.happens(in100000: 10_000) ? Self.services(&dice) : 0
        tendency = dice.within(-900...900)
        self.salt = dice.next()
    }

    private static func services(_ dice: inout SplitMix64) -> Int {
        var services = dice.below(100) < 65 ? 1 : 2
        if dice.below(100) < 30 { services |= 2 }
        if dice.below(100) < 8 { services |= 1 << dice.within(2...4) }
        return services
    }
}
