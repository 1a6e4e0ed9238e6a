/// The head of a sealed file: a zstd skippable frame that holds a signed envelope, before the zstd frames it vouches for.
///
///     offset  bytes  content
///     0       4      57 2A 4D 18: the magic number 0x184D2A57 of a skippable frame, little-endian (RFC 8878 3.1.2)
///     4       4      n, the length of the envelope, little-endian, at most 65,536
///     8       n      the envelope's JSON
///     8+n     ...    zstd frames
///
/// `zstd -d` passes over the head and unpacks the rest.
public enum SealedHeader {
    /// The bytes before the envelope.
    public static let prefixByteCount = 8
    /// The longest envelope.
    public static let maximumEnvelopeByteCount = 65_536

    private static let magic: [UInt8] = [0x57, 0x2A, 0x4D, 0x18]

    /// The head that carries `envelope`.
    public static func bytes(for envelope: Envelope) -> [UInt8] {
        let json = envelope.json
        precondition(json.count <= maximumEnvelopeByteCount, "an envelope longer than its frame may be")
        let count = UInt32(json.count)
        return magic + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + json
    }

    /// The length of the envelope that the first 8 bytes of a file announce.
    public static func envelopeByteCount(prefix: some Collection<UInt8>) throws(SigningError) -> Int {
        let bytes = Array(prefix.prefix(prefixByteCount))
        guard bytes.count == prefixByteCount else { throw .malformed("shorter than its head") }
        guard bytes[..<4] == magic[...] else { throw .malformed("does not begin with the magic number") }
        let count = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard count <= maximumEnvelopeByteCount else {
            throw .malformed("an envelope of \(count) bytes, at most \(maximumEnvelopeByteCount) are allowed")
        }
        return count
    }

    /// The envelope at the head of `file` and the offset at which the zstd frames begin.
    public static func read(_ file: [UInt8]) throws(SigningError) -> (envelope: Envelope, framesOffset: Int) {
        let end = prefixByteCount + (try envelopeByteCount(prefix: file))
        guard file.count >= end else { throw .malformed("shorter than its envelope") }
        return (try Envelope(json: Array(file[prefixByteCount..<end])), end)
    }
}
