import Cryptography
import JSON
import Signing
import Zstandard

/// Writing and reading of the file that `ModelArtifact` specifies.
extension ModelArtifact {
    /// The level of the weights' frame: a file is made once and fetched by every edge.
    private static let compressionLevel = 19

    /// The file, signed by `key`. The same model and key give the same bytes.
    public func seal(key: PrivateKey) throws(ScoringError) -> [UInt8] {
        let bytes = weights.map { UInt8(bitPattern: $0) }
        let frame = try Self.compress(bytes)
        let payload = self.payload(weights: bytes, frame: frame)
        guard payload.count <= Self.maximumPayloadBytes else {
            throw .tooLarge(what: "the model's manifest", bytes: payload.count, limit: Self.maximumPayloadBytes)
        }
        do throws(CryptographyError) {
            let envelope = try Envelope(payloadType: Self.payloadType, payload: payload, key: key)
            return SealedHeader.bytes(for: envelope) + frame
        } catch {
            throw .malformed("it cannot be signed: \(error)")
        }
    }

    /// The model in `file`, once its signature by `key` and all its digests are found right.
    ///
    /// The golden vectors are not tried yet, see `verifyGoldenVectors`.
    public static func open(_ file: [UInt8], key: PublicKey) throws(ScoringError) -> ModelArtifact {
        guard file.count <= maximumFileBytes else {
            throw .tooLarge(what: "the model file", bytes: file.count, limit: maximumFileBytes)
        }
        let payload: [UInt8]
        let offset: Int
        do throws(SigningError) {
            let header = try SealedHeader.read(file)
            payload = try header.envelope.verifiedPayload(type: payloadType, key: key)
            offset = header.framesOffset
        } catch {
            throw .signing(error)
        }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: payload) } catch { throw .malformed("manifest: \(error)") }
        return try read(json, frame: Array(file[offset...]))
    }

    private static func read(_ json: JSONValue, frame: [UInt8]) throws(ScoringError) -> ModelArtifact {
        do {
            guard try json.requiredInteger("format") == format else {
                throw ScoringError.malformed("a format other than \(format)")
            }
            guard try json.requiredInteger("slots") == Model.slotCount else {
                throw ScoringError.malformed("slots other than \(Model.slotCount)")
            }
            return try ModelArtifact(json, weights: try weights(json, frame: frame))
        } catch let error as ScoringError {
            throw error
        } catch {
            throw .malformed("manifest: \(error)")
        }
    }

    private init(_ json: JSONValue, weights: [UInt8]) throws {
        try self.init(
            stream: json.requiredString("stream"),
            version: json.requiredInteger("version"),
            createdMilliseconds: json.requiredInteger("created_ms"),
            scale: json.requiredNumber("scale"),
            bias: json.requiredNumber("bias"),
            features: FeatureSpecification(json: .array(json.requiredArray("features"))),
            label: LabelSpecification(json: json.requiredObject("label")),
            metrics: ModelMetrics(json: json.requiredObject("metrics")),
            goldenVectors: json.requiredArray("golden").map { try GoldenVector(json: $0) },
            weights: weights.map { Int8(bitPattern: $0) })
    }

    /// Unpacks the weights, checking the frame before and the weights after.
    private static func weights(_ json: JSONValue, frame: [UInt8]) throws -> [UInt8] {
        guard try json.requiredInteger("frame_bytes") == frame.count else {
            throw ScoringError.mismatch("the frame has \(frame.count) bytes")
        }
        guard try json.requiredString("frame_sha256") == Hexadecimal.encode(SHA256.digest(frame)) else {
            throw ScoringError.mismatch("the SHA-256 of the frame")
        }
        let weights: [UInt8]
        do throws(ZstandardError) {
            weights = try FrameDecompressor.decompress(frame, limit: Model.slotCount)
        } catch {
            throw ScoringError.mismatch("the weights: \(error)")
        }
        guard weights.count == Model.slotCount else {
            throw ScoringError.mismatch("\(weights.count) weights instead of \(Model.slotCount)")
        }
        guard try json.requiredString("weights_sha256") == Hexadecimal.encode(SHA256.digest(weights)) else {
            throw ScoringError.mismatch("the SHA-256 of the weights")
        }
        return weights
    }

    private static func compress(_ bytes: [UInt8]) throws(ScoringError) -> [UInt8] {
        var frame: [UInt8] = []
        var failure: ZstandardError?
        bytes.withUnsafeBytes { pointer in
            do throws(ZstandardError) {
                let compressor = try FrameCompressor(level: compressionLevel)
                try compressor.compress(pointer, to: &frame)
                try compressor.end(to: &frame)
            } catch {
                failure = error
            }
        }
        if let failure { throw .malformed("its weights cannot be compressed: \(failure)") }
        return frame
    }
}

extension ModelArtifact {
    private func payload(weights: [UInt8], frame: [UInt8]) -> [UInt8] {
        let json: JSONValue = [
            "format": .integer(Self.format),
            "stream": .string(stream),
            "version": .integer(version),
            "created_ms": .integer(createdMilliseconds),
            "slots": .integer(Int64(Model.slotCount)),
            "scale": .number(scale),
            "bias": .number(bias),
            "weights_sha256": .string(Hexadecimal.encode(SHA256.digest(weights))),
            "frame_bytes": .integer(Int64(frame.count)),
            "frame_sha256": .string(Hexadecimal.encode(SHA256.digest(frame))),
            "features": features.json,
            "label": label.json,
            "metrics": metrics.json,
            "golden": .array(goldenVectors.map(\.json)),
        ]
        return json.bytes
    }
}
