/// Why a frame could not be read or written.
public enum ZstandardError: Error, Equatable, CustomStringConvertible {
    /// The library refused: its own words.
    case library(String)
    /// The frames unpack to more than is allowed.
    case tooLarge(limit: Int)
    /// The last frame has no end.
    case truncated

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .library(let reason): "zstd: \(reason)"
        case .tooLarge(let limit): "the frames unpack to more than \(limit) bytes"
        case .truncated: "the last zstd frame is not complete"
        }
    }
}
