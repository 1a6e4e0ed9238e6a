import COpenSSL

/// Why a key or a signature could not be made or read.
public enum CryptographyError: Error, Equatable, CustomStringConvertible {
    /// The text or file is not an Ed25519 key in PEM.
    case notAKey(String)
    /// A public key is not 32 bytes, a signature not 64, a digest not 32.
    case wrongLength(expected: Int, actual: Int)
    /// The library refused: its own words.
    case library(String)

    /// The last error that libcrypto queued on this thread.
    static func last() -> CryptographyError {
        var message = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &message, message.count)
        ERR_clear_error()
        return .library(String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .notAKey(let what): "\(what) is not an Ed25519 key in PEM"
        case .wrongLength(let expected, let actual): "expected \(expected) bytes, found \(actual)"
        case .library(let reason): "libcrypto: \(reason)"
        }
    }
}
