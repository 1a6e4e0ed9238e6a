import CSimdJSON

/// 128 bits that stand for all that an object says: equal for the same members with the same values in the same order, however
/// their texts were written.
///
/// Two objects share one by chance in one of 10^38 cases. Fingerprints are seeded by chance at the program's start, so that
/// nobody outside can choose objects that do, and mean nothing in another process.
public struct ObjectFingerprint: Hashable, Sendable {
    private static let key = simd_json_fingerprint_key(words: (random(), random(), random(), random()))

    /// Either half is a good hash of the whole.
    public let low, high: UInt64

    /// The fingerprint of an object; nil for another kind.
    public init?(_ element: JSONElement) {
        var fingerprint = simd_json_fingerprint()
        let isObject = withUnsafePointer(to: Self.key) { simd_json_object_fingerprint(element.raw, $0, &fingerprint) }
        guard isObject else { return nil }
        (low, high) = (fingerprint.low, fingerprint.high)
    }

    private static func random() -> UInt64 { .random(in: .min ... .max) }
}
