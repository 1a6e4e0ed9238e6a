import Cryptography
import JSON
import Signing
import Testing
import Zstandard

@testable import Scoring

@Suite struct ModelArtifactTests {
    let key: PrivateKey

    init() throws {
        key = try PrivateKey(seed: SampleModel.seed)
    }

    @Test func whatIsSealedIsOpened() throws {
        let artifact = try SampleModel.artifact()
        let file = try artifact.seal(key: key)
        let opened = try ModelArtifact.open(file, key: key.publicKey)
        #expect(opened == artifact)
        try opened.verifyGoldenVectors()
    }

    @Test func theSameModelGivesTheSameBytes() throws {
        #expect(try SampleModel.artifact().seal(key: key) == SampleModel.artifact().seal(key: key))
    }

    @Test func theFileIsAHeadAndOneFrameOfTheWeights() throws {
        let file = try SampleModel.artifact().seal(key: key)
        let weights = try FrameDecompressor.decompress(file, limit: Model.slotCount)
        #expect(weights == SampleModel.weights().map { UInt8(bitPattern: $0) })
        let envelope = try SealedHeader.read(file).envelope
        #expect(envelope.payloadType == "application/vnd.waystation.model+json")
        let manifest = try JSONValue(parsing: envelope.payload)
        #expect(
            manifest.object?.map(\.name) == [
                "format", "stream", "version", "created_ms", "slots", "scale", "bias", "weights_sha256", "frame_bytes",
                "frame_sha256", "features", "label", "metrics", "golden",
            ])
    }

    @Test func everyTruncationIsRefused() throws {
        let file = try SampleModel.artifact().seal(key: key)
        for count in 0..<file.count {
            #expect(throws: ScoringError.self) { try ModelArtifact.open(Array(file[..<count]), key: key.publicKey) }
        }
    }

    @Test func everyFlippedByteIsRefused() throws {
        let file = try SampleModel.artifact().seal(key: key)
        for index in file.indices {
            var flipped = file
            flipped[index] ^= 1 << UInt8(index % 8)
            #expect(throws: ScoringError.self, "byte \(index)") { try ModelArtifact.open(flipped, key: key.publicKey) }
        }
    }

    @Test func bytesBehindTheFrameAreRefused() throws {
        let file = try SampleModel.artifact().seal(key: key)
        #expect(throws: ScoringError.self) { try ModelArtifact.open(file + [0], key: key.publicKey) }
    }

    @Test func anotherKeyIsRefused() throws {
        let file = try SampleModel.artifact().seal(key: key)
        let other = try PrivateKey()
        #expect(throws: ScoringError.signing(.unknownKey(key.publicKey.identifier))) {
            try ModelArtifact.open(file, key: other.publicKey)
        }
    }

    @Test func aFileAboveTheLimitIsRefusedUnread() {
        let file = [UInt8](repeating: 0, count: ModelArtifact.maximumFileBytes + 1)
        #expect(
            throws: ScoringError.tooLarge(
                what: "the model file", bytes: file.count, limit: ModelArtifact.maximumFileBytes)
        ) { try ModelArtifact.open(file, key: key.publicKey) }
    }

    @Test(
        arguments: [
            ("format", 1), ("slots", 1024), ("scale", 0), ("scale", -1), ("bias", 5000), ("version", 0), ("golden", []),
            ("features", []), ("frame_bytes", 1), ("weights_sha256", "00"), ("frame_sha256", "00"), ("label", [:]),
        ] as [(String, JSONValue)])
    func aSignedManifestThatIsWrongIsRefused(member: String, value: JSONValue) throws {
        let file = try SampleModel.artifact().seal(key: key)
        let (envelope, offset) = try SealedHeader.read(file)
        var members = try JSONValue(parsing: envelope.payload).object ?? []
        let index = try #require(members.firstIndex { $0.name == member })
        members[index].value = value
        let forged = try Envelope(
            payloadType: ModelArtifact.payloadType, payload: JSONValue.object(members).bytes, key: key)
        #expect(throws: ScoringError.self) {
            try ModelArtifact.open(SealedHeader.bytes(for: forged) + file[offset...], key: key.publicKey)
        }
    }

    @Test(arguments: [(5e-7, true), (2e-6, false), (-2e-6, false), (0.1, false)])
    func aGoldenVectorMayBeOffByTheToleranceAlone(error: Double, isAccepted: Bool) throws {
        let artifact = try SampleModel.artifact(probabilityError: error)
        if isAccepted {
            try artifact.verifyGoldenVectors()
        } else {
            let thrown = #expect(throws: ScoringError.self) { try artifact.verifyGoldenVectors() }
            guard case .goldenVector(7, _, _) = thrown else {
                Issue.record("another error: \(String(describing: thrown))")
                return
            }
        }
    }

    @Test func tooFewGoldenVectorsAreRefused() {
        #expect(throws: ScoringError.self) { try SampleModel.artifact(goldenCount: 31) }
    }

    @Test func aManifestThatDoesNotFitTheHeadIsRefused() throws {
        let artifact = try SampleModel.artifact(goldenCount: 256)
        let padded = artifact.goldenVectors.map { vector in
            GoldenVector(
                event: .object((vector.event.object ?? []) + [.init("x", .string(String(repeating: "x", count: 200)))]),
                probability: vector.probability)
        }
        let large = try ModelArtifact(
            stream: artifact.stream, version: 1, createdMilliseconds: 0, scale: 1, bias: 0, features: artifact.features,
            label: artifact.label, metrics: artifact.metrics, goldenVectors: padded, weights: artifact.weights)
        #expect(throws: ScoringError.self) { try large.seal(key: key) }
    }
}
