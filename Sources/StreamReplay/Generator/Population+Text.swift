/// What messages of all generated streams say alike of members, groups and events, as JSON values.
extension Population {
    func appendName(of member: MemberProfile, to text: inout [UInt8]) {
        text.append("\"")
        text += (member.isForeignName ? Vocabulary.foreignNames : Vocabulary.givenNames)[member.givenName].utf8
        let family = Vocabulary.familyNames[member.familyName].utf8
        switch member.nameForm {
        case 0: break
        case 1:
            text.append(" ")
            text += family.prefix(1)
            text.append(".")
        case 2: text.append(decimal: Int64(member.salt % 100))
        default:
            text.append(" ")
            text += family
        }
        text.append("\"")
    }

    /// Appends the address of the photo that a member who has one shows at that time.
    func appendPhoto(of member: MemberProfile, asOf time: Int64, to text: inout [UInt8]) {
        let age = Int64(member.salt % UInt64(member.photoLifetime)) + time
        let photo = SplitMix64.finish(member.salt ^ UInt64(age / member.photoLifetime)) % 300_000_000
        appendPhotoAddress(photo, folder: "member", size: "thumb", to: &text)
    }

    /// Appends the address of a photo in one of its sizes.
    func appendPhotoAddress(
        _ photo: UInt64, folder: StaticString, size: StaticString, to text: inout [UInt8]
    ) {
        text.append("\"http:\\/\\/photos")
        text.append(decimal: Int64(photo % 4 + 1))
        text.append(".meetupstatic.com\\/photos\\/")
        text.append(folder)
        text.append("\\/")
        for shift in [12, 8, 4, 0] {
            text.append(hexadecimal: (photo >> UInt64(shift)) & 15)
            text.append("\\/")
        }
        text.append(size)
        text.append("_")
        text.append(decimal: Int64(photo))
        text.append(".jpeg\"")
    }

    func appendIdentity(of event: EventProfile, _ group: GroupProfile, to text: inout [UInt8]) {
        text.append("\"")
        if group.isSeries {
            text.append(letters: Int(event.number - 230_000_000) / 8_192, places: 4)
            text.append("mlyw")
            text.append(letters: Int(event.number - 230_000_000) % 8_192, places: 4)
        } else {
            text.append(decimal: event.number)
        }
        text.append("\"")
    }

    func appendName(of event: EventProfile, _ group: GroupProfile, to text: inout [UInt8]) {
        text.append("\"")
        text += Vocabulary.eventOpenings[event.opening].utf8
        text.append(" ")
        text += Vocabulary.subjects[group.subject].name.utf8
        text.append(" ")
        text += Vocabulary.eventClosings[event.closing].utf8
        if event.namesCity {
            text.append(" | ")
            text += Place.all[group.place].city.utf8
        }
        if let ornament = event.ornament {
            text.append(" ")
            text += Vocabulary.ornaments[ornament].utf8
        }
        text.append("\"")
    }

    /// Where a group stands at that time, in hundredths of a degree: some move a little now and then.
    func latitude(of group: GroupProfile, asOf time: Int64) -> Int64 {
        let moves = (time + group.phase) / group.positionLifetime
        return Int64(Place.all[group.place].latitude + group.latitudeOffset) + moves % 3
    }

    func appendTopics(of group: GroupProfile, to text: inout [UInt8]) {
        text.append("[")
        for (position, topic) in group.topics.enumerated() {
            if position > 0 { text.append(",") }
            let spellsVariant = group.spellsVariant && position == 0
            text += (spellsVariant ? topics.variantJSON : topics.json)[Int(topic)]
        }
        text.append("]")
    }

    /// Appends the members of a group's object as the streams of photos and comments name them, without braces.
    func appendMembers(of group: GroupProfile, asOf time: Int64, to text: inout [UInt8]) {
        let place = Place.all[group.place]
        text.append("\"id\":")
        text.append(decimal: group.identifier)
        text.append(",\"name\":\"")
        text += group.name
        text.append("\",\"urlname\":\"")
        text += group.urlName
        text.append("\",\"city\":\"")
        text += place.city.utf8
        if let state = place.state {
            text.append("\",\"state\":\"")
            text += state.utf8
        }
        text.append("\",\"country\":\"")
        text += place.country.utf8
        text.append("\",\"group_lat\":")
        text.append(decimal: latitude(of: group, asOf: time), fractionDigits: 2)
        text.append(",\"group_lon\":")
        text.append(decimal: Int64(place.longitude), fractionDigits: 2)
        text.append(",\"join_mode\":\"")
        text += Vocabulary.joinModes[Int(group.identifier % 10) < 7 ? 0 : Int(group.identifier % 2) + 1].utf8
        text.append("\"")
    }
}
