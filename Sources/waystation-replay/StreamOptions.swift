import ArgumentParser
import Logging
import StreamDefinition
import StreamReplay

/// Which streams to serve, and of what: recordings, or generated messages.
struct StreamOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Recordings to play: one JSON object a line. Those of the same stream play one after another.",
            valueName: "[stream=]file"))
    var recording: [String] = []

    @Option(
        help: ArgumentHelp(
            "Serve so many generated messages; of rsvps, photos or event_comments. May be given once a stream.",
            valueName: "[stream=]n"))
    var generate: [String] = []

    @Option(help: "The generators' seed; the same seed gives the same bytes.")
    var seed: UInt64?

    @Option(help: "The stream of what is given without a name.")
    var stream = "rsvps"

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Stream files of recordings whose messages do not say their time as mtime in milliseconds.",
            valueName: "file"))
    var definition: [String] = []

    @Flag(help: "Begin again after the last message.")
    var loop = false

    func validate() throws {
        if recording.isEmpty, generate.isEmpty {
            throw ValidationError("Give --recording FILE... or --generate N, or both for several streams.")
        }
        guard seed == nil || !generate.isEmpty else { throw ValidationError("--seed belongs to --generate.") }
        let generated = try generate.map { try generatedStream($0).stream.rawValue }
        for (index, name) in generated.enumerated() {
            if generated[..<index].contains(name) { throw ValidationError("There are two --generate of '\(name)'.") }
            if recording.contains(where: { named($0).stream == name }) {
                throw ValidationError("'\(name)' has both --generate and --recording: give one.")
            }
        }
    }

    /// The streams, those with recordings first.
    func streams(logger: Logger) throws -> [ReplayedStream] {
        let times = try times()
        var recordings: [(stream: String, all: [Recording])] = []
        for text in recording {
            let (name, path) = named(text)
            let recording = try Recording(path: path, time: times[name] ?? .mtime)
            for warning in recording.warnings { logger.warning("\(warning)") }
            if let known = recordings.firstIndex(where: { $0.stream == name }) {
                recordings[known].all.append(recording)
            } else {
                recordings.append((name, [recording]))
            }
        }
        return recordings.map { ReplayedStream(name: $0.stream, material: .recordings($0.all)) }
            + (try generate.map { text in
                let (stream, count) = try generatedStream(text)
                return ReplayedStream(
                    name: stream.rawValue, material: .generated(stream, count: count, seed: seed ?? 1))
            })
    }

    private func times() throws -> [String: MessageTime] {
        var times: [String: MessageTime] = [:]
        for file in definition {
            let plan = try StreamPlan.load(file: file)
            times[plan.name] = MessageTime(path: plan.time) { [unit = plan.unit] in unit.milliseconds(of: $0) }
        }
        return times
    }

    private func generatedStream(_ text: String) throws -> (stream: GeneratedStream, count: Int) {
        let (name, number) = named(text)
        guard let stream = GeneratedStream(rawValue: name) else {
            let known = GeneratedStream.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(name)' cannot be generated, only \(known).")
        }
        guard let count = Int(number), count > 0 else {
            throw ValidationError("--generate needs a number of at least 1, not '\(number)'.")
        }
        return (stream, count)
    }

    /// The parts of `STREAM=VALUE`; a value that itself has a `=` behind what could be a name needs one before it.
    private func named(_ text: String) -> (stream: String, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty,
            parts[0].allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789_".contains($0) })
        else { return (stream, text) }
        return (parts[0], parts[1])
    }
}
