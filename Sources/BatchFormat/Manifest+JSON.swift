import Cryptography
import JSON

extension Manifest {
    /// The SHA-256 of the JSON form: the identity of the content, and what the next manifest links to.
    public var sha256: [UInt8] { SHA256.digest(json) }

    /// The JSON form.
    public var json: [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.formatVersion),
            "fleet": .string(fleet),
            "device": .string(identity.device),
            "epoch": .integer(identity.epoch),
            "sequence": .integer(identity.sequence),
            "stream": .string(stream),
            "events": .integer(events),
            "raw_bytes": .integer(rawBytes),
            "frames_bytes": .integer(framesBytes),
            "frames_sha256": .string(Hexadecimal.encode(framesSHA256)),
            "previous": .string(Hexadecimal.encode(previous)),
            "first_event_ms": JSONValue(firstEventMilliseconds),
            "last_event_ms": JSONValue(lastEventMilliseconds),
            "sealed_at_ms": .integer(sealedAtMilliseconds),
            "clock": .string(clock.rawValue),
            "boot": .string(boot),
            "gaps": .array(gaps.map(\.json)),
            "scoring": scoring?.json ?? .null,
        ]
        return value.bytes
    }

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(BatchError) {
        do throws(JSONError) {
            try self.init(JSONValue(parsing: bytes))
        } catch {
            throw .malformed("manifest: \(error)")
        }
        try validate()
    }

    private init(_ value: JSONValue) throws(JSONError) {
        guard try value.requiredInteger("version") == Self.formatVersion else {
            throw .mismatch(path: "version", wanted: "\(Self.formatVersion)")
        }
        guard let clock = ClockState(rawValue: try value.requiredString("clock")) else {
            throw .mismatch(path: "clock", wanted: "synchronized, floor or unsynchronized")
        }
        var gaps: [Gap] = []
        for gap in try value.requiredArray("gaps") { gaps.append(try Gap(gap)) }
        var scoring: ScoringReport?
        if let report = value["scoring"], report != .null { scoring = try ScoringReport(report) }
        self.init(
            identity: BatchIdentity(
                device: try value.requiredString("device"), epoch: try value.requiredInteger("epoch"),
                sequence: try value.requiredInteger("sequence")),
            fleet: try value.requiredString("fleet"),
            stream: try value.requiredString("stream"),
            events: try value.requiredInteger("events"),
            rawBytes: try value.requiredInteger("raw_bytes"),
            framesBytes: try value.requiredInteger("frames_bytes"),
            framesSHA256: try value.requiredDigest("frames_sha256"),
            previous: try value.requiredDigest("previous"),
            firstEventMilliseconds: value["first_event_ms"]?.integer,
            lastEventMilliseconds: value["last_event_ms"]?.integer,
            sealedAtMilliseconds: try value.requiredInteger("sealed_at_ms"),
            clock: clock, boot: try value.requiredString("boot"), gaps: gaps, scoring: scoring)
    }

    private func validate() throws(BatchError) {
        guard identity.epoch >= 1, identity.sequence >= 1 else {
            throw .malformed("manifest: epoch and sequence begin at 1")
        }
        guard events >= 0, rawBytes >= 0, framesBytes >= 0 else {
            throw .malformed("manifest: a negative count")
        }
    }
}

extension JSONValue {
    fileprivate func requiredDigest(_ name: String) throws(JSONError) -> [UInt8] {
        guard let bytes = Hexadecimal.decode(try requiredString(name)), bytes.count == SHA256.byteCount else {
            throw .mismatch(path: name, wanted: "64 hexadecimal digits")
        }
        return bytes
    }
}
