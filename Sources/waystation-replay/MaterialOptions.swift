import ArgumentParser
import Logging
import StreamReplay

/// What to serve: recordings, or generated messages.
struct MaterialOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Recordings to play one after another: one JSON object a line.", valueName: "file"))
    var recording: [String] = []

    @Option(help: ArgumentHelp("Serve so many generated RSVP messages instead of a recording.", valueName: "n"))
    var generate: Int?

    @Option(help: "The generator's seed; the same seed gives the same bytes.")
    var seed: UInt64?

    @Flag(help: "Begin again after the last message.")
    var loop = false

    func validate() throws {
        guard recording.isEmpty != (generate == nil) else {
            throw ValidationError("Give either --recording FILE... or --generate N.")
        }
        if let generate, generate < 1 { throw ValidationError("--generate needs at least 1 message.") }
        guard seed == nil || generate != nil else { throw ValidationError("--seed belongs to --generate.") }
    }

    func material(logger: Logger) throws -> Material {
        if let generate { return .generated(count: generate, seed: seed ?? 1) }
        return .recordings(
            try recording.map { path in
                let recording = try Recording(path: path)
                for warning in recording.warnings { logger.warning("\(warning)") }
                return recording
            })
    }
}
