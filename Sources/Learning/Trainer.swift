import JSON
import Scoring
import StreamDefinition
import Warehouse

/// Learns a stream's model from its history in the warehouse: one pass, oldest first, foretelling before learning.
///
/// Where features tell an age, a pass without labels first finds when the numbers of the series were new. A second pass over the last fifth measures what the int8 weights cost, and where a model is out already, one over
/// the recent examples measures that. All of it is read as of one moment; memory does not grow with the history.
public struct Trainer {
    /// The fewest examples a model is learnt from.
    public static let minimumExamples: Int64 = 100
    /// The seed of the shuffled labels.
    private static let shuffleSeed: UInt64 = 20_140_101

    private let plan: StreamPlan
    private let learning: LearningPlan
    private let warehouse: any Warehouse

    private init(_ plan: StreamPlan, _ warehouse: any Warehouse) throws(LearningError) {
        guard let learning = plan.learning else { throw .nothingDeclared(stream: plan.name) }
        self.plan = plan
        self.learning = learning
        self.warehouse = warehouse
    }

    /// Learns a model.
    /// - Parameter warehouse: for nobody else's use meanwhile; it is only read.
    /// - Parameter published: the model that is out, to compare with.
    /// - Throws: `LearningError` where there is nothing to learn from, or what the warehouse throws.
    public static func train(
        _ plan: StreamPlan, warehouse: any Warehouse, published: ModelArtifact? = nil
    ) throws -> TrainedModel {
        let trainer = try Trainer(plan, warehouse)
        return try warehouse.snapshot { try trainer.train(published) }
    }

    /// What one pass over the history learnt and measured.
    private struct Pass {
        var learner: ProximalLearner
        var control: ProximalLearner
        var rates = RateBaselines()
        var progressive = ProgressiveLoss()
        var recent = ProgressiveLoss()
        var base = ProgressiveLoss()
        var group = ProgressiveLoss()
        var shuffled = ProgressiveLoss()
        var golden: GoldenSampler
        var newest = Int64.min
    }

    private func train(_ published: ModelArtifact?) throws -> TrainedModel {
        let start = ContinuousClock.now
        let features = try FrontierFit.fit(plan, learning, in: warehouse)
        let history = try History(
            plan, features: features, label: learning.label, baseline: learning.baseline, in: warehouse)
        let counts = try history.counts(after: published?.metrics.newestMilliseconds ?? .max)
        guard counts.examples >= Self.minimumExamples else {
            throw LearningError.tooFewExamples(found: counts.examples, needed: Self.minimumExamples)
        }
        guard (1..<counts.examples).contains(counts.positives) else {
            throw LearningError.oneLabelOnly(examples: counts.examples)
        }
        let isUnseen = counts.later >= Self.minimumExamples
        let lastFifth = counts.examples - counts.examples / 5
        let recent = isUnseen ? counts.examples - counts.later : lastFifth
        let pass = try learn(history, counts, recentFrom: recent)
        let weights = QuantisedWeights(pass.learner)
        let model = Model(
            features: features, weights: weights.weights, scale: weights.scale, bias: pass.learner.bias)
        let golden = try goldenVectors(pass.golden.events, model)
        let final = try finalLosses(history, from: lastFifth, pass.learner, model)
        let metrics = ModelMetrics(
            examples: counts.examples, positives: counts.positives, newestMilliseconds: pass.newest,
            logLoss: pass.progressive.logLoss, brier: pass.progressive.brier, baseRateLogLoss: pass.base.logLoss,
            groupRateLogLoss: learning.baseline == nil ? nil : pass.group.logLoss,
            shuffledLogLoss: pass.shuffled.logLoss, quantisedLogLoss: final.quantised, unquantisedLogLoss: final.exact)
        let comparison = try published.flatMap { published in
            try compare(with: published, from: recent, isUnseen: isUnseen, candidate: pass.recent)
        }
        let report = TrainingReport(
            stream: plan.name, metrics: metrics, calibration: pass.progressive.bins,
            nonzeroWeights: weights.nonzero.after, comparison: comparison, duration: ContinuousClock.now - start)
        return TrainedModel(
            stream: plan.name, features: features, label: learning.label, weights: weights.weights,
            scale: weights.scale, bias: pass.learner.bias, goldenVectors: golden, report: report)
    }

    private func learn(_ history: History, _ counts: History.Counts, recentFrom: Int64) throws -> Pass {
        var pass = Pass(
            learner: ProximalLearner(learning.learner), control: ProximalLearner(learning.learner),
            golden: GoldenSampler(examples: counts.examples))
        var shuffle = LabelShuffle(
            examples: counts.examples, positives: counts.positives, seed: Self.shuffleSeed)
        try history.forEachExample { example in
            let slots = history.extractor.slots.slots
            let probability = pass.learner.learn(slots, label: example.label)
            if pass.progressive.events >= recentFrom { pass.recent.add(probability: probability, label: example.label) }
            pass.progressive.add(probability: probability, label: example.label)
            pass.base.add(probability: pass.rates.overall, label: example.label)
            pass.group.add(probability: pass.rates.within(example.group), label: example.label)
            pass.rates.add(label: example.label, group: example.group)
            let dealt = shuffle.next()
            pass.shuffled.add(probability: pass.control.learn(slots, label: dealt), label: dealt)
            pass.golden.look {
                history.extractor.inputs.event(layout: history.extractor.layout, isWhole: false)
            }
            pass.newest = max(pass.newest, example.time)
        }
        return pass
    }

    private func goldenVectors(_ events: [JSONValue], _ model: Model) throws -> [GoldenVector] {
        let needed = ModelArtifact.goldenVectorCounts.lowerBound
        guard events.count >= needed else {
            throw LearningError.tooFewGoldenVectors(found: events.count, needed: needed)
        }
        let parser = try JSONParser(maximumDepth: JSONValue.controlDepth)
        return try events.map { event in
            GoldenVector(event: event, probability: try parser.parse(event.bytes) { model.predict($0) })
        }
    }

    /// The losses of the final weights, exact and quantised, from example number `first` on. Every so often an example
    /// is made an event and scored as an edge does, which must give what its row gives.
    private func finalLosses(
        _ history: History, from first: Int64, _ learner: ProximalLearner, _ model: Model
    ) throws -> (exact: Double, quantised: Double) {
        let parser = try JSONParser(maximumDepth: JSONValue.controlDepth)
        var exact = ProgressiveLoss()
        var quantised = ProgressiveLoss()
        try history.forEachExample(from: first) { example in
            let slots = history.extractor.slots.slots
            let probability = model.probability(slots: slots)
            if exact.events % 64 == 0 {
                let event = history.extractor.inputs.event(layout: history.extractor.layout, isWhole: true)
                let scored = try parser.parse(event.bytes) { model.predict($0) }
                guard scored == probability else { throw LearningError.inconsistent(row: probability, event: scored) }
            }
            exact.add(probability: learner.probability(slots), label: example.label)
            quantised.add(probability: probability, label: example.label)
        }
        return (exact.logLoss, quantised.logLoss)
    }

    /// Scores the examples from number `first` on with the model that is out; nil where it looks at something that the
    /// stream file no longer keeps.
    private func compare(
        with published: ModelArtifact, from first: Int64, isUnseen: Bool, candidate: ProgressiveLoss
    ) throws -> ModelComparison? {
        let history: History
        do {
            history = try History(plan, features: published.features, label: learning.label, in: warehouse)
        } catch LearningError.noColumn {
            return nil
        }
        let model = published.makeModel()
        var loss = ProgressiveLoss()
        try history.forEachExample(from: first) { example in
            loss.add(
                probability: model.probability(slots: history.extractor.slots.slots), label: example.label)
        }
        return ModelComparison(
            publishedVersion: published.version, examples: loss.events, isUnseen: isUnseen,
            candidateLogLoss: candidate.logLoss, publishedLogLoss: loss.logLoss)
    }
}
