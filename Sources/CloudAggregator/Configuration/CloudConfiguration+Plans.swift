import StreamDefinition

extension CloudConfiguration {
    /// The streams that are declared, by name; at least one.
    public func plans() throws -> [StreamPlan] {
        let plans = try StreamPlan.load(directory: streams)
        guard !plans.isEmpty else {
            throw CloudError.unusable(key: "streams", section: "cloud", path: streams, reason: "no stream file in it")
        }
        return plans.sorted { $0.name < $1.name }
    }

    /// The plan of the stream of that name, which a model is of; without a name, of the only one that says what is learnt.
    public func learningPlan(named name: String?) throws -> StreamPlan {
        let plans = try plans()
        guard let name else {
            let candidates = plans.count == 1 ? plans : plans.filter { $0.learning != nil }
            guard candidates.count == 1 else {
                throw CloudError.invalidArgument(
                    name: "--stream", value: "", wanted: "one of \(plans.map(\.name).joined(separator: ", "))")
            }
            return candidates[0]
        }
        guard let plan = plans.first(where: { $0.name == name }) else {
            throw CloudError.noSuchStream(name, known: plans.map(\.name))
        }
        return plan
    }
}
