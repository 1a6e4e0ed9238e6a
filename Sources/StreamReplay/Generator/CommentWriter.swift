/// Writes a generated comment as the service would have.
struct CommentWriter: Sendable {
    let population: Population

    /// Appends the message's JSON object, without a line end.
    func append(_ comment: Comment, to text: inout [UInt8]) {
        let group = population.groups[Int(comment.group)]
        let member = population.member(Int(comment.member))
        let event = population.event(group: Int(comment.group), occurrence: Int(comment.occurrence))
        text.append("{\"visibility\":\"public\",\"id\":")
        text.append(decimal: comment.identifier)
        text.append(",\"comment\":\"")
        text += Vocabulary.comments[Int(comment.words)].utf8
        text.append("\",\"status\":\"")
        text += (comment.isDeleted ? "deleted" : "active").utf8
        text.append("\",\"mtime\":")
        text.append(decimal: comment.mtime)
        if let answered = comment.inReplyTo {
            text.append(",\"in_reply_to\":")
            text.append(decimal: answered)
        }
        text.append(",\"table_name\":\"event_comment\",\"member\":{\"member_id\":")
        text.append(decimal: member.identifier)
        text.append(",\"member_name\":")
        population.appendName(of: member, to: &text)
        if member.hasPhoto {
            text.append(",\"photo\":")
            population.appendPhoto(of: member, asOf: comment.mtime, to: &text)
        }
        text.append("},\"event\":{\"event_id\":")
        population.appendIdentity(of: event, group, to: &text)
        text.append(",\"event_name\":")
        population.appendName(of: event, group, to: &text)
        text.append("},\"group\":{")
        population.appendMembers(of: group, asOf: comment.mtime, to: &text)
        appendCategory(of: group, to: &text)
        text.append("}}")
    }

    private func appendCategory(of group: GroupProfile, to text: inout [UInt8]) {
        let number = group.subject % Vocabulary.categories.count
        let category = Vocabulary.categories[number]
        text.append(",\"category\":{\"id\":")
        text.append(decimal: Int64(number + 1))
        text.append(",\"name\":\"")
        text += category.name.utf8
        text.append("\",\"shortname\":\"")
        text += category.key.utf8
        text.append("\"},\"group_photo\":{\"photo_link\":")
        population.appendPhotoAddress(UInt64(group.identifier) * 7, folder: "event", size: "600", to: &text)
        text.append(",\"thumb_link\":")
        population.appendPhotoAddress(UInt64(group.identifier) * 7, folder: "event", size: "thumb", to: &text)
        text.append("}")
    }
}
