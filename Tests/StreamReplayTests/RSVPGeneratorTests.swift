import JSON
import Testing

@testable import StreamReplay

struct RSVPGeneratorTests {
    private static let sample = Samples.generated(10_000, seed: 7).map { Array($0.utf8) }

    private static let parsedSample = Result { try sample.map { try JSONValue(parsing: $0) } }

    /// The parsed sample; a message that is no JSON fails whatever asks for it.
    private func parsed() throws -> [JSONValue] {
        try Self.parsedSample.get()
    }

    /// FNV-1a of the first messages: it holds on every machine, or the same seed does not give the same bytes.
    @Test func theSameSeedGivesTheSameBytesOnAnyMachine() {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in Self.sample.prefix(2_000).joined() { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        #expect(hash == 9_789_120_891_640_238_045)
        #expect(Samples.generated(2_000, seed: 7).map { Array($0.utf8) } == Array(Self.sample.prefix(2_000)))
        #expect(Samples.generated(100, seed: 8) != Samples.generated(100, seed: 7))
    }

    @Test func everyMessageIsOneLineThatAnEventParserReads() throws {
        let parser = try JSONParser()
        for message in Self.sample {
            #expect(!message.contains { $0 < 0x20 })
            let identity = try parser.parse(message) { $0["rsvp_id" as JSONKey]?.integer }
            #expect(identity != nil)
        }
    }

    @Test func sharesAreThoseOfTheRealStream() throws {
        let messages = try parsed()
        func share(_ isCounted: (JSONValue) -> Bool) -> Double {
            Double(messages.count(where: isCounted)) / Double(messages.count)
        }
        let shares: [(String, Double, ClosedRange<Double>)] = [
            ("yes", share { $0["response"]?.string == "yes" }, 0.73...0.79),
            ("no venue", share { $0["venue"] == nil }, 0.16...0.22),
            ("no photo", share { $0["member"]?["photo"] == nil }, 0.035...0.07),
            ("no state", share { $0["group"]?["group_state"] == nil }, 0.28...0.36),
            ("no event time", share { $0["event"]?["time"] == nil }, 0.003...0.02),
            ("venue at 0,0", share { $0["venue"]?["lat"] == 0 && $0["venue"]?["lon"] == 0 }, 0.02...0.06),
            ("services", share { $0["member"]?["other_services"]?.object?.isEmpty == false }, 0.08...0.12),
            ("guests", share { ($0["guests"]?.integer ?? 0) > 0 }, 0.055...0.085),
            ("letters", share { $0["event"]?["event_id"]?.string?.contains { $0.isLetter } == true }, 0.23...0.33),
            ("whole seconds", share { ($0["mtime"]?.integer ?? 0) % 1_000 == 0 }, 0.18...0.24),
        ]
        for (name, share, range) in shares { #expect(range.contains(share), "\(name): \(share)") }
        let foreign = Double(Self.sample.count { $0.contains { $0 > 0x7F } }) / Double(Self.sample.count)
        #expect((0.09...0.16).contains(foreign))
        let lengths = Self.sample.map(\.count).sorted()
        #expect((1_380...1_520).contains(lengths[lengths.count / 2]))
        #expect((900...1_100).contains(lengths[lengths.count / 20]))
        #expect(lengths[lengths.count - 1] < 2_600)
    }

    @Test func bothOrdersOfMembersAndEscapedSlashesOccur() {
        let texts = Self.sample.prefix(200).map { String(decoding: $0, as: UTF8.self) }
        #expect(texts.contains { $0.hasPrefix(#"{"response""#) })
        #expect(texts.contains { $0.hasPrefix(#"{"venue""#) })
        #expect(texts.allSatisfy { $0.contains(#"https:\/\/"#) })
    }

    @Test func anRSVPKeepsMemberAndEventAndAnEventItsGroup() throws {
        var owners: [Int64: [JSONValue?]] = [:]
        var groups: [String: JSONValue?] = [:]
        var topics: [JSONValue: JSONValue?] = [:]
        var latest: [Int64: Int64] = [:]
        for message in try parsed() {
            let identity = try message.requiredInteger("rsvp_id")
            let event = try #require(message["event"]?["event_id"]?.string)
            let group = try #require(message["group"])
            let owner = [message["member"]?["member_id"], message["event"]?["event_id"]]
            #expect(owners.updateValue(owner, forKey: identity) ?? owner == owner)
            #expect(groups.updateValue(group["group_id"], forKey: event) ?? group["group_id"] == group["group_id"])
            let number = try #require(group["group_id"])
            let keys = JSONValue.array(group["group_topics"]?.array?.compactMap { $0["urlkey"] } ?? [])
            #expect(topics.updateValue(keys, forKey: number) ?? keys == keys)
            // An echo may be rounded up by half a second.
            let mtime = try message.requiredInteger("mtime")
            #expect(mtime + 500 >= latest[identity] ?? mtime)
            latest[identity] = max(latest[identity] ?? mtime, mtime)
        }
    }

    @Test func echoesRepeatsLateOnesAndChangesOccur() throws {
        var answers: [Int64: [(mtime: Int64, response: String)]] = [:]
        var (echoes, repeats, backward, taken) = (0, 0, 0, 0)
        var last: Int64 = 0
        for message in try parsed() {
            let identity = try message.requiredInteger("rsvp_id")
            let answer = (mtime: try message.requiredInteger("mtime"), response: try message.requiredString("response"))
            let earlier = answers[identity, default: []]
            if earlier.contains(where: { $0 == answer }) {
                repeats += 1
            } else if answer.mtime % 1_000 == 0 && earlier.contains(where: { abs($0.mtime - answer.mtime) <= 500 }) {
                echoes += 1
            } else {
                if earlier.last.map({ $0.response != answer.response }) == true { taken += 1 }
            }
            answers[identity, default: []].append(answer)
            if answer.mtime < last { backward += 1 }
            last = answer.mtime
        }
        let yesNoYes = answers.values.count { $0.count >= 3 && Set($0.map(\.response)).count == 2 }
        #expect((1_700...2_300).contains(echoes))
        #expect((100...300).contains(repeats))
        #expect((1_500...2_300).contains(backward))
        #expect((200...750).contains(taken))
        #expect(yesNoYes > 25)
    }

    @Test func membersGroupsAndTopicsHaveHeavyHeadsAndLongTails() throws {
        var (members, groups, topics): ([Int64: Int], [Int64: Int], [String: Int]) = ([:], [:], [:])
        for message in try parsed() {
            members[message["member"]?["member_id"]?.integer ?? 0, default: 0] += 1
            groups[message["group"]?["group_id"]?.integer ?? 0, default: 0] += 1
            for topic in message["group"]?["group_topics"]?.array ?? [] {
                topics[topic["urlkey"]?.string ?? "", default: 0] += 1
            }
        }
        #expect(members.count > 3_000 && members.values.max() ?? 0 > 10)
        #expect(groups.count > 2_000 && groups.values.max() ?? 0 > 40)
        #expect(topics.count > 1_500 && topics["social"] ?? 0 > 2_000)
    }

    @Test func photosAndGroupPositionsChange() throws {
        var (photos, positions): ([Int64: Set<JSONValue>], [Int64: Set<JSONValue>]) = ([:], [:])
        for message in try parsed() {
            if let photo = message["member"]?["photo"], let member = message["member"]?["member_id"]?.integer {
                photos[member, default: []].insert(photo)
            }
            if let latitude = message["group"]?["group_lat"], let group = message["group"]?["group_id"]?.integer {
                positions[group, default: []].insert(latitude)
            }
        }
        #expect(photos.values.contains { $0.count > 1 })
        #expect(positions.values.contains { $0.count > 1 })
    }

    /// A plain logistic regression over country, topics, member and lead time, learning as it goes.
    @Test func theResponseCanBeLearnedFromTheAttributes() throws {
        var weights: [String: (weight: Double, gradients: Double)] = [:]
        var (loss, baseLoss, yes, seen) = (0.0, 0.0, 1.0, 2.0)
        for message in try parsed() {
            var features = ["bias", "country \(message["group"]?["group_country"]?.string ?? "")"]
            features.append("member \(message["member"]?["member_id"]?.integer ?? 0)")
            features += message["group"]?["group_topics"]?.array?.compactMap { $0["urlkey"]?.string } ?? []
            if let time = message["event"]?["time"]?.integer, let mtime = message["mtime"]?.integer {
                features.append("lead \([6, 24, 72, 168, 336].count { ($0 * 3_600_000) <= time - mtime })")
            }
            let margin = features.reduce(0.0) { $0 + (weights[$1]?.weight ?? 0) }
            let probability = min(max(Self.sigmoid(margin), 1e-6), 1 - 1e-6)
            let label = message["response"]?.string == "yes" ? 1.0 : 0.0
            loss -= Self.logarithm(label == 1 ? probability : 1 - probability)
            baseLoss -= Self.logarithm(label == 1 ? yes / seen : 1 - yes / seen)
            (yes, seen) = (yes + label, seen + 1)
            for feature in features {
                var entry = weights[feature] ?? (0, 0)
                entry.gradients += (probability - label) * (probability - label)
                entry.weight -= 0.15 * (probability - label) / (entry.gradients + 1e-6).squareRoot()
                weights[feature] = entry
            }
        }
        #expect(loss < 0.93 * baseLoss, "\(loss / seen) against \(baseLoss / seen)")
    }

    private static func sigmoid(_ value: Double) -> Double {
        1 / (1 + exponential(-value))
    }
}
