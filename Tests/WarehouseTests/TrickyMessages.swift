/// Messages made to collide: few keys, few times around whole seconds, odd texts and numbers, missing and null values.
struct TrickyMessages {
    var random: SeededGenerator

    static let texts = [
        #""a""#, #""b""#, #""ab""#, #""é""#, #""é""#, #""""#, #""Z""#, #""x\"y""#, #""\\""#, #""\n\t\u0001\b""#,
        #""😀""#, #""\u007f""#, #""0""#, #""a\/b""#, #""\ud7ff""#, #""\uffff""#, #""nul \u0000 inside""#,
    ]
    static let coordinates = [
        "0", "-0.0", "35", "35.0", "-78.61", "0.0078125", "1e-7", "-4e-7", "-0.0000006", "40.7127495", "0.0234375",
        "123456789.1234565", "1e22", "999999.9999995", "-179.9999995", "9007199254740993", "12345678901234567890",
    ]
    private static let offsets = [0, 0, 0, 500, -500, 501, -501, 499, 1, -1, 250]

    mutating func pick(_ choices: [String]) -> String {
        choices.randomElement(using: &random) ?? ""
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    /// `"name":value`, `"name":null` or nothing.
    private mutating func maybe(_ name: String, _ choices: [String], missing: Int = 40) -> [String] {
        if chance(missing) { return [] }
        return ["\"\(name)\":\(chance(15) ? "null" : pick(choices))"]
    }

    private mutating func object(_ members: [String]) -> String {
        "{\(members.shuffled(using: &random).joined(separator: ","))}"
    }

    mutating func message() -> String {
        let time = (pick(["1000", "2000", "3000"]), Self.offsets.randomElement(using: &random) ?? 0)
        var members = [
            "\"rsvp_id\":\(pick(["1", "2", "3"]))",
            "\"mtime\":\((Int(time.0) ?? 0) + time.1)",
            "\"response\":\(pick([#""yes""#, #""no""#, #""é""#]))",
            "\"guests\":\(pick(["0", "0", "1", "1.0", "-2"]))",
            "\"visibility\":\(pick([#""public""#, #""members""#]))",
            "\"member\":\(member())", "\"group\":\(group())", "\"event\":\(event())",
        ]
        if chance(20) {
            members.append("\"venue\":\(pick(["null", "{}"]))")
        } else if chance(70) {
            let venue =
                maybe("venue_name", Self.texts) + maybe("lat", Self.coordinates) + maybe("lon", Self.coordinates)
            members.append("\"venue\":\(object(["\"venue_id\":\(pick(["1", "2"]))"] + venue))")
        }
        return object(members)
    }

    private mutating func member() -> String {
        var members =
            ["\"member_id\":\(pick(["1", "2"]))"] + maybe("member_name", Self.texts) + maybe("photo", Self.texts)
        if chance(60) {
            let services = Set((0..<Int.random(in: 0...3, using: &random)).map { _ in pick(Self.texts) }).sorted()
            let entries = services.map { "\($0):{\(maybe("identifier", Self.texts, missing: 30).joined())}" }
            members.append("\"other_services\":\(object(entries))")
        }
        return object(members)
    }

    private mutating func group() -> String {
        var members = ["\"group_id\":\(pick(["1", "2"]))"]
        for name in ["group_name", "group_urlname", "group_city", "group_state", "group_country"] {
            members += maybe(name, Self.texts, missing: 75)
        }
        members += maybe("group_lat", Self.coordinates, missing: 60) + maybe("group_lon", Self.coordinates, missing: 60)
        if chance(80) {
            let topics = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                object(["\"urlkey\":\(pick(Array(Self.texts.prefix(5))))"] + maybe("topic_name", Self.texts))
            }
            members.append("\"group_topics\":[\(topics.joined(separator: ","))]")
        }
        return object(members)
    }

    private mutating func event() -> String {
        object(
            ["\"event_id\":\(pick([#""1""#, #""é""#, #""a""#]))"] + maybe("event_name", Self.texts, missing: 60)
                + maybe("event_url", Self.texts, missing: 80) + maybe("time", ["1", "2", "3.0", "9007199254740993"]))
    }
}
