import ArgumentParser

/// The stand-in for a stream's own server.
@main
struct WaystationReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waystation-replay",
        abstract: "Serves a JSON stream from recordings or from a seeded generator.",
        discussion: """
            Stands in for stream.meetup.com, which was shut down in 2022: a WebSocket and chunked HTTP at /2/STREAM, \
            with the parameters since_mtime, since_count and event_id over HTTP.
            """,
        version: "1.0.0",
        subcommands: [ServeCommand.self, GenerateCommand.self])
}
