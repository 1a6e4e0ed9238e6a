import ArgumentParser

/// The stand-in for a stream's own server.
@main
struct WaystationReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waystation-replay",
        abstract: "Serves JSON streams from recordings or from seeded generators.",
        discussion: """
            Stands in for stream.meetup.com, which was shut down in 2022: a WebSocket and chunked HTTP at /2/STREAM, \
            with the parameters since_mtime, since_count and event_id over HTTP; and, for other streams, server-sent events.
            """,
        version: "1.0.0",
        subcommands: [ServeCommand.self, GenerateCommand.self])
}
