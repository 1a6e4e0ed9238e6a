/// The topics of the generated stream: their JSON, how often groups choose them, and what they do to an answer.
struct TopicCatalogue {
    /// `{"urlkey":...,"topic_name":...}` per topic, the popular ones first.
    let json: [[UInt8]]
    /// The same with the name in small letters: some groups spell it so.
    let variantJSON: [[UInt8]]
    /// What a topic adds to the inclination to say yes, in thousandths of the noise's deviation.
    let effects: [Int]
    private let popularity: ZipfTable

    init(seed: UInt64) {
        var names = Vocabulary.subjects
        for qualifier in Vocabulary.qualifiers {
            for subject in Vocabulary.subjects {
                names.append(("\(qualifier.name) \(subject.name)", "\(qualifier.key)-\(subject.key)"))
            }
        }
        // The bare subjects are the head of the distribution; the order of the others is the seed's.
        var dice = SplitMix64(seed: seed)
        for index in Vocabulary.subjects.count..<names.count {
            names.swapAt(index, dice.within(index...(names.count - 1)))
        }
        json = names.map { Self.json(name: $0.name, key: $0.key) }
        variantJSON = names.map { Self.json(name: $0.name.lowercased(), key: $0.key) }
        effects = names.map { _ in dice.below(3) == 0 ? dice.within(-1_000...1_000) : 0 }
        popularity = ZipfTable(count: names.count, offset: 6)
    }

    /// Draws `count` different topics.
    func draw(_ count: Int, _ dice: inout SplitMix64) -> [UInt16] {
        var chosen: [UInt16] = []
        while chosen.count < count {
            let topic = UInt16(popularity.draw(&dice))
            if !chosen.contains(topic) { chosen.append(topic) }
        }
        return chosen
    }

    private static func json(name: String, key: String) -> [UInt8] {
        Array("{\"urlkey\":\"\(key)\",\"topic_name\":\"\(name)\"}".utf8)
    }
}
