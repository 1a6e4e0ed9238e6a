/// Writes a generated message as the service would have: UTF-8 as it is, `\/` in URLs, two orders of members.
struct RSVPWriter: Sendable {
    let population: Population

    /// Appends the message's JSON object, without a line end.
    func append(_ rsvp: RSVP, to text: inout [UInt8]) {
        let group = population.groups[Int(rsvp.group)]
        let member = population.member(Int(rsvp.member))
        let event = population.event(group: Int(rsvp.group), occurrence: Int(rsvp.occurrence))
        switch rsvp.layout {
        case .contentFirst:
            text.append("{\"response\":")
            append(rsvp.response, to: &text)
            text.append(",\"member\":")
            append(member, of: rsvp, to: &text)
            text.append(",\"visibility\":\"public\",\"event\":")
            append(event, of: group, layout: rsvp.layout, to: &text)
            text.append(",\"guests\":")
            text.append(decimal: Int64(rsvp.guests))
            text.append(",\"mtime\":")
            text.append(decimal: rsvp.mtime)
            text.append(",\"rsvp_id\":")
            text.append(decimal: rsvp.identifier)
            text.append(",\"group\":")
            append(group, of: rsvp, to: &text)
            if event.showsVenue {
                text.append(",")
                appendVenue(of: event, rsvp, to: &text)
            }
        case .venueFirst:
            text.append("{")
            if event.showsVenue {
                appendVenue(of: event, rsvp, to: &text)
                text.append(",")
            }
            text.append("\"visibility\":\"public\",\"response\":")
            append(rsvp.response, to: &text)
            text.append(",\"guests\":")
            text.append(decimal: Int64(rsvp.guests))
            text.append(",\"member\":")
            append(member, of: rsvp, to: &text)
            text.append(",\"rsvp_id\":")
            text.append(decimal: rsvp.identifier)
            text.append(",\"mtime\":")
            text.append(decimal: rsvp.mtime)
            text.append(",\"event\":")
            append(event, of: group, layout: rsvp.layout, to: &text)
            text.append(",\"group\":")
            append(group, of: rsvp, to: &text)
        }
        text.append("}")
    }

    private func append(_ response: RSVP.Response, to text: inout [UInt8]) {
        switch response {
        case .yes: text.append("\"yes\"")
        case .no: text.append("\"no\"")
        }
    }

    private func append(_ event: EventProfile, of group: GroupProfile, layout: RSVP.Layout, to text: inout [UInt8]) {
        switch layout {
        case .contentFirst:
            text.append("{")
            if event.showsTime { appendTime(of: event, to: &text) }
            appendURL(of: event, group, to: &text)
            text.append(",\"event_id\":")
            population.appendIdentity(of: event, group, to: &text)
            text.append(",\"event_name\":")
            population.appendName(of: event, group, to: &text)
            text.append("}")
        case .venueFirst:
            text.append("{\"event_name\":")
            population.appendName(of: event, group, to: &text)
            text.append(",\"event_id\":")
            population.appendIdentity(of: event, group, to: &text)
            text.append(",")
            if event.showsTime { appendTime(of: event, to: &text) }
            appendURL(of: event, group, to: &text)
            text.append("}")
        }
    }

    private func appendTime(of event: EventProfile, to text: inout [UInt8]) {
        text.append("\"time\":")
        text.append(decimal: event.time)
        text.append(",")
    }

    private func appendURL(of event: EventProfile, _ group: GroupProfile, to text: inout [UInt8]) {
        text.append("\"event_url\":\"https:\\/\\/www.meetup.com\\/")
        text += group.urlName
        text.append("\\/events\\/")
        text.append(decimal: event.number)
        text.append("\\/\"")
    }
}
