/// A parameter of a statement. The server reads it as the type that it infers for the place.
public enum PostgreSQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8 without U+0000, which the server's texts cannot hold.
    case text([UInt8])
    case bytes([UInt8])

    /// A text.
    public static func text(_ text: String) -> PostgreSQLValue {
        .text(Array(text.utf8))
    }

    /// Calls `body` with parameters as libpq wants them: texts that end with a zero byte.
    static func withParameters<Result>(
        _ values: [PostgreSQLValue], _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        var starts: [Int?] = []
        for value in values {
            guard let text = value.text else {
                starts.append(nil)
                continue
            }
            starts.append(bytes.count)
            bytes += text.lazy.map { CChar(bitPattern: $0) }
            bytes.append(0)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            body(starts.map { start in start.flatMap { start in bytes.baseAddress.map { $0 + start } } })
        }
    }

    private var text: [UInt8]? {
        switch self {
        case .null: return nil
        case .integer(let value): return Array(String(value).utf8)
        case .real(let value): return Array(value.description.utf8)
        case .text(let text):
            precondition(!text.contains(0), "no text has a zero byte")
            return text
        case .bytes(let bytes):
            let digits = Array("0123456789abcdef".utf8)
            return Array("\\x".utf8) + bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        }
    }
}
