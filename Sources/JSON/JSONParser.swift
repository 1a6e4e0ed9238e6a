import CSimdJSON

/// Parses one JSON text (RFC 8259) at a time, reusing its memory; simdjson does the work.
///
/// Refuses invalid UTF-8, nesting deeper than the given limit, integers beyond 64 bits and anything after the value.
public final class JSONParser {
    /// The nesting allowed in a stream's event.
    public static let eventDepth = 16

    private let parser: OpaquePointer

    /// - Parameter maximumDepth: how many arrays and objects may stand inside one another; empty ones do not count.
    public init(maximumDepth: Int = eventDepth) throws(JSONError) {
        // simdjson counts the document itself as a level.
        guard let parser = simd_json_create(maximumDepth + 1) else { throw .outOfMemory }
        self.parser = parser
    }

    deinit {
        simd_json_destroy(parser)
    }

    /// Parses `bytes` and hands the root to `body`; the element must not leave it.
    public func parse<Result>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (JSONElement) throws -> Result
    ) throws -> Result {
        var root = simd_json_element()
        let code = simd_json_parse(parser, bytes.baseAddress, bytes.count, &root)
        guard code == 0 else { throw JSONError.malformed(String(cString: simd_json_message(code))) }
        return try body(JSONElement(raw: root))
    }

    /// Parses `bytes` and hands the root to `body`; the element must not leave it.
    public func parse<Result>(_ bytes: [UInt8], _ body: (JSONElement) throws -> Result) throws -> Result {
        try bytes.withUnsafeBufferPointer { try parse($0, body) }
    }
}
