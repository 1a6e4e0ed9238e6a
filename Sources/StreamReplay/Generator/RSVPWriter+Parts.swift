extension RSVPWriter {
    /// Appends the object of the member, with the photo it had at the message's time.
    func append(_ member: MemberProfile, of rsvp: RSVP, to text: inout [UInt8]) {
        switch rsvp.layout {
        case .contentFirst:
            text.append("{\"member_name\":")
            population.appendName(of: member, to: &text)
            appendServices(of: member, to: &text)
            appendPhoto(of: member, rsvp, to: &text)
            text.append(",\"member_id\":")
            text.append(decimal: member.identifier)
            text.append("}")
        case .venueFirst:
            text.append("{\"member_id\":")
            text.append(decimal: member.identifier)
            appendServices(of: member, to: &text)
            appendPhoto(of: member, rsvp, to: &text)
            text.append(",\"member_name\":")
            population.appendName(of: member, to: &text)
            text.append("}")
        }
    }

    private func appendServices(of member: MemberProfile, to text: inout [UInt8]) {
        guard member.services != 0 else { return }
        text.append(",\"other_services\":{")
        var isFirst = true
        for (bit, service) in Vocabulary.services.enumerated() where member.services & (1 << bit) != 0 {
            if !isFirst { text.append(",") }
            isFirst = false
            text.append("\"")
            text += service.utf8
            text.append("\":{\"identifier\":\"")
            if service == "twitter" {
                text.append("@")
            } else {
                text.append("http:\\/\\/www.")
                text += service.utf8
                text.append(".com\\/")
            }
            text.append(hexadecimal: SplitMix64.finish(member.salt ^ UInt64(bit)) >> 20)
            text.append("\"}")
        }
        text.append("}")
    }

    private func appendPhoto(of member: MemberProfile, _ rsvp: RSVP, to text: inout [UInt8]) {
        guard member.hasPhoto else { return }
        text.append(",\"photo\":")
        population.appendPhoto(of: member, asOf: rsvp.asOf, to: &text)
    }

    /// Appends the object of the group, with the position it had at the message's time.
    func append(_ group: GroupProfile, of rsvp: RSVP, to text: inout [UInt8]) {
        let place = Place.all[group.place]
        let latitude = population.latitude(of: group, asOf: rsvp.asOf)
        switch rsvp.layout {
        case .contentFirst:
            text.append("{\"group_name\":\"")
            text += group.name
            text.append("\"")
            appendState(of: place, to: &text)
            text.append(",\"group_city\":\"")
            text += place.city.utf8
            text.append("\",\"group_lat\":")
            text.append(decimal: latitude, fractionDigits: 2)
            text.append(",\"group_urlname\":\"")
            text += group.urlName
            text.append("\",\"group_id\":")
            text.append(decimal: group.identifier)
            text.append(",\"group_country\":\"")
            text += place.country.utf8
            text.append("\",\"group_topics\":")
            population.appendTopics(of: group, to: &text)
            text.append(",\"group_lon\":")
            text.append(decimal: Int64(place.longitude), fractionDigits: 2)
        case .venueFirst:
            text.append("{\"group_topics\":")
            population.appendTopics(of: group, to: &text)
            text.append(",\"group_city\":\"")
            text += place.city.utf8
            text.append("\",\"group_country\":\"")
            text += place.country.utf8
            text.append("\",\"group_id\":")
            text.append(decimal: group.identifier)
            text.append(",\"group_name\":\"")
            text += group.name
            text.append("\",\"group_lon\":")
            text.append(decimal: Int64(place.longitude), fractionDigits: 2)
            text.append(",\"group_urlname\":\"")
            text += group.urlName
            text.append("\"")
            appendState(of: place, to: &text)
            text.append(",\"group_lat\":")
            text.append(decimal: latitude, fractionDigits: 2)
        }
        text.append("}")
    }

    private func appendState(of place: Place, to text: inout [UInt8]) {
        guard let state = place.state else { return }
        text.append(",\"group_state\":\"")
        text += state.utf8
        text.append("\"")
    }

    /// Appends the member `venue`: mostly the event's own.
    func appendVenue(of event: EventProfile, _ rsvp: RSVP, to text: inout [UInt8]) {
        let venue = rsvp.isMoved ? (event.venue + 1) % Population.venuesPerGroup : event.venue
        let place = Place.all[population.groups[Int(rsvp.group)].place]
        let number = Int(rsvp.group) * Population.venuesPerGroup + venue
        var dice = SplitMix64(seed: population.venueSalt(group: Int(rsvp.group), venue: venue))
        let isNowhere = dice.happens(in100000: 5_000)
        let latitude = isNowhere ? 0 : Int64(place.latitude) * 10_000 + Int64(dice.within(-60_000...60_000))
        let longitude = isNowhere ? 0 : Int64(place.longitude) * 10_000 + Int64(dice.within(-60_000...60_000))
        text.append("\"venue\":{\"venue_name\":\"")
        text += dice.pick(Vocabulary.venueNames).utf8
        text.append("\",\"lon\":")
        text.append(decimal: longitude, fractionDigits: 6)
        text.append(",\"lat\":")
        text.append(decimal: latitude, fractionDigits: 6)
        text.append(",\"venue_id\":")
        text.append(decimal: 700_000 + Int64((UInt64(number) &* 22_695_477) & 0x1FF_FFFF))
        text.append("}")
    }
}
