import BatchFormat
import JSON
import StreamDefinition
import Warehouse

/// Folds bytes as messages of the stream `rsvps`, a line each. A line is a message or refused, and both are counted.
enum MessageProbe {
    private static let plan: StreamPlan = {
        let project = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        do {
            return try StreamPlan.load(file: "/\(project)/cloud/streams/rsvps.json")
        } catch {
            fatalError("\(error)")
        }
    }()

    static func run(_ bytes: [UInt8]) {
        fold(bytes[...], as: plan)
    }

    static func fold(_ bytes: ArraySlice<UInt8>, as plan: StreamPlan) {
        guard let parser = try? JSONParser() else { return }
        var builder = DeltaBuilder(plan: plan)
        var (lines, refused): (Int64, Int64) = (0, 0)
        EventLines(Array(bytes)).forEach { line in
            lines += 1
            do {
                try parser.parse(line) { try builder.add($0) }
            } catch {
                refused += 1
            }
        }
        let delta = builder.finish()
        precondition(delta.messages == lines - refused, "a line that is neither taken nor refused")
        var twice = delta
        twice.merge(delta)
        precondition(twice.messages == 2 * delta.messages, "messages are lost as deltas are merged")
    }
}
