import JSON

/// A model as it goes from the cloud to the edges, with all that an edge needs to trust and to use it.
///
/// The file is a sealed one (see `SealedHeader`): the head with a DSSE envelope, then one zstd frame, then nothing.
///
///     zstd skippable frame 0x184D2A57   envelope, payloadType application/vnd.waystation.model+json, by the release key
///     zstd frame                        the 262,144 weights, slot after slot, a signed byte each
///
/// The payload is a JSON object, written compactly with its members in this order:
///
///     format         2
///     stream         the stream's name
///     version        from 1; a later model of the stream has a greater one
///     created_ms     when it was made, milliseconds since 1970
///     slots          262144
///     scale, bias    probability = 1 / (1 + exp(-(bias + scale * sum of the weights of the event's slots)))
///     weights_sha256 SHA-256 of the unpacked weights, hexadecimal
///     frame_bytes    length of the zstd frame
///     frame_sha256   SHA-256 of the zstd frame, so that no byte of the file can change unseen
///     features       the feature specification, as in the stream file
///     label          the label specification, as in the stream file
///     metrics        see `ModelMetrics`
///     golden         32 to 256 of {"event": {...}, "probability": p}
///
/// How tokens become slots is specified in TokenHash.swift. A file is valid when it is within the limits below, its
/// signature and both digests fit, and nothing follows the frame.
public struct ModelArtifact: Hashable, Sendable {
    /// The envelope's payload type.
    public static let payloadType = "application/vnd.waystation.model+json"
    /// The format that this code writes and reads.
    public static let format: Int64 = 2
    /// The longest file.
    public static let maximumFileBytes = 512 * 1024
    /// The longest payload, such that its base 64 fits the head.
    public static let maximumPayloadBytes = 48_000
    /// How many golden vectors a model has.
    public static let goldenVectorCounts = 32...256
    /// How far a golden vector may come out from its probability.
    public static let goldenTolerance = 0.000_001

    /// The stream whose events it scores.
    public let stream: String
    /// The model's version, from 1.
    public let version: Int64
    /// When it was made, in milliseconds since 1970.
    public let createdMilliseconds: Int64
    /// What one step of a weight is worth.
    public let scale: Double
    /// What is added to the sum of the weights.
    public let bias: Double
    /// What the model looks at.
    public let features: FeatureSpecification
    /// What it predicts.
    public let label: LabelSpecification
    /// What its training measured.
    public let metrics: ModelMetrics
    /// What a machine must reproduce before it uses the model.
    public let goldenVectors: [GoldenVector]
    /// A weight a slot.
    public let weights: [Int8]

    /// A model; throws where a figure is outside its range or the golden vectors are too few.
    public init(
        stream: String, version: Int64, createdMilliseconds: Int64, scale: Double, bias: Double,
        features: FeatureSpecification, label: LabelSpecification, metrics: ModelMetrics,
        goldenVectors: [GoldenVector], weights: [Int8]
    ) throws(ScoringError) {
        guard !stream.isEmpty, version >= 1 else {
            throw .malformed("the stream has no name, or the version is below 1")
        }
        guard scale > 0, scale <= 1000, abs(bias) <= 1000 else {
            throw .malformed("scale \(scale) or bias \(bias) is out of range")
        }
        guard weights.count == Model.slotCount else {
            throw .malformed("\(weights.count) weights, not \(Model.slotCount)")
        }
        guard Self.goldenVectorCounts.contains(goldenVectors.count) else {
            let (least, most) = (Self.goldenVectorCounts.lowerBound, Self.goldenVectorCounts.upperBound)
            throw .malformed("\(goldenVectors.count) golden vectors, \(least) to \(most) are needed")
        }
        self.stream = stream
        self.version = version
        self.createdMilliseconds = createdMilliseconds
        self.scale = scale
        self.bias = bias
        self.features = features
        self.label = label
        self.metrics = metrics
        self.goldenVectors = goldenVectors
        self.weights = weights
    }

    /// The model, ready to predict.
    public func makeModel() -> Model {
        Model(features: features, weights: weights, scale: scale, bias: bias)
    }

    /// Throws unless every golden vector comes out on this machine as it did where the model was made.
    public func verifyGoldenVectors(tolerance: Double = goldenTolerance) throws(ScoringError) {
        let model = makeModel()
        for (index, vector) in goldenVectors.enumerated() {
            let actual: Double
            do {
                let parser = try JSONParser(maximumDepth: JSONValue.controlDepth)
                actual = try parser.parse(vector.event.bytes) { model.predict($0) }
            } catch {
                throw .malformed("golden vector \(index): \(error)")
            }
            guard abs(actual - vector.probability) <= tolerance else {
                throw .goldenVector(index: index, expected: vector.probability, actual: actual)
            }
        }
    }
}
