import BatchFormat
import JSON
import Warehouse

extension DeltaBuilder {
    /// Adds a batch's messages.
    /// - Returns: the number of lines that are no message of the stream.
    mutating func add(lines events: [UInt8]) throws -> Int64 {
        let parser = try JSONParser(maximumDepth: JSONParser.eventDepth)
        var malformed: Int64 = 0
        try EventLines(events).forEach { line in
            do {
                try parser.parse(line) { try add($0) }
            } catch JSONError.malformed {
                malformed += 1
            } catch is MappingError {
                malformed += 1
            }
        }
        return malformed
    }
}
