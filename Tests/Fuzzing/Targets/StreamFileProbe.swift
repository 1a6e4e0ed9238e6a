import JSON
import StreamDefinition
import Warehouse

/// Reads bytes as a stream file, with a message behind it where there is a line `---`.
///
/// A file that is refused says why; a plan that is made folds whatever comes.
enum StreamFileProbe {
    private static let separator = Array("\n---\n".utf8)

    static func run(_ bytes: [UInt8]) {
        let cut = place(of: separator, in: bytes)
        do throws(StreamDefinitionError) {
            let plan = try StreamPlan(json: Array(bytes[..<(cut ?? bytes.count)]), source: "fuzzed.json")
            if let cut { MessageProbe.fold(bytes[(cut + separator.count)...], as: plan) }
        } catch {
            precondition(!"\(error)".isEmpty, "a refusal without a reason")
        }
    }

    private static func place(of part: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= part.count else { return nil }
        return (0...bytes.count - part.count).first { bytes[$0...].starts(with: part) }
    }
}
