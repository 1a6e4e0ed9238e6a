/// What is fuzzed: a parser of bytes that come from outside, and what must hold of whatever it makes of them.
///
/// `run` ends the program where something does not hold, as libFuzzer wants it; bytes that are refused are no failure.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// A sealed batch: head, envelope, manifest and frames.
    case batch
    /// The manifest of a batch, and what is in it.
    case manifest
    /// The header fields of a signed request (RFC 9421).
    case httpSignature = "http-signature"
    /// A stream file, and a message folded as it says.
    case streamFile = "stream-file"
    /// Messages of a stream, folded into rows.
    case message

    /// Gives the bytes to the parser.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .batch: BatchProbe.run(bytes)
        case .manifest: ManifestProbe.run(bytes)
        case .httpSignature: HTTPSignatureProbe.run(bytes)
        case .streamFile: StreamFileProbe.run(bytes)
        case .message: MessageProbe.run(bytes)
        }
    }
}
