/// Writes a generated photo as the service would have.
struct PhotoWriter: Sendable {
    let population: Population

    /// Appends the message's JSON object, without a line end.
    func append(_ photo: Photo, to text: inout [UInt8]) {
        let group = population.groups[Int(photo.group)]
        let member = population.member(Int(photo.member))
        let event = photo.occurrence.map { population.event(group: Int(photo.group), occurrence: Int($0)) }
        text.append("{\"photo_id\":")
        text.append(decimal: photo.identifier)
        if let caption = photo.caption {
            text.append(",\"caption\":\"")
            text += Vocabulary.captions[Int(caption)].utf8
            text.append("\"")
        }
        text.append(",\"ctime\":")
        text.append(decimal: photo.created)
        text.append(",\"mtime\":")
        text.append(decimal: photo.mtime)
        let number = UInt64(photo.identifier)
        text.append(",\"highres_link\":")
        population.appendPhotoAddress(number, folder: "event", size: "highres", to: &text)
        text.append(",\"photo_link\":")
        population.appendPhotoAddress(number, folder: "event", size: "600", to: &text)
        text.append(",\"thumb_link\":")
        population.appendPhotoAddress(number, folder: "event", size: "thumb", to: &text)
        text.append(",\"member\":{\"member_id\":")
        text.append(decimal: member.identifier)
        text.append(",\"name\":")
        population.appendName(of: member, to: &text)
        text.append("},\"photo_album\":{\"photo_album_id\":")
        text.append(decimal: event.map { $0.number - 200_000_000 } ?? 10_000_000 + Int64(photo.group))
        if let event {
            text.append(",\"event\":{\"id\":")
            population.appendIdentity(of: event, group, to: &text)
            text.append(",\"name\":")
            population.appendName(of: event, group, to: &text)
            text.append("}")
        }
        text.append(",\"group\":{")
        population.appendMembers(of: group, asOf: photo.mtime, to: &text)
        text.append(",\"group_topics\":")
        population.appendTopics(of: group, to: &text)
        text.append("}}}")
    }
}
