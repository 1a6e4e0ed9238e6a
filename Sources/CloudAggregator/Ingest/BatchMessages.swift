import BatchFormat
import JSON
import Warehouse

/// The messages of a batch.
enum BatchMessages {
    /// Hands over each line's JSON value, good for that call alone; `take` may find it to be no message of the stream.
    ///
    /// - Returns: the number of lines that are no message of the stream.
    static func forEach(in events: [UInt8], _ take: (JSONElement) throws -> Void) throws -> Int64 {
        let parser = try JSONParser(maximumDepth: JSONParser.eventDepth)
        var malformed: Int64 = 0
        try EventLines(events).forEach { line in
            do {
                try parser.parse(line, take)
            } catch JSONError.malformed {
                malformed += 1
            } catch is MappingError {
                malformed += 1
            }
        }
        return malformed
    }
}

extension DeltaBuilder {
    /// Adds a batch's messages.
    /// - Returns: the number of lines that are no message of the stream.
    mutating func add(lines events: [UInt8]) throws -> Int64 {
        try BatchMessages.forEach(in: events) { try add($0) }
    }
}
