import ArgumentParser
import Logging
import StreamReplay

/// Serves streams until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve streams over WebSocket, chunked HTTP and server-sent events.",
        discussion: """
            Once it listens, it prints one line on standard output: \
            listening HOST:PORT. Logs go to standard error.

              ws://HOST:PORT/2/STREAM    live messages, one a text frame;
                                         parameters have no effect
              http://HOST:PORT/2/STREAM  the same, a JSON object and a line feed
                                         a chunk, with these parameters:
                since_mtime=MS           first the published messages whose mtime
                                         is greater, then the live ones
                since_count=N            first the last N published messages,
                                         then the live ones
                event_id=ID              only messages about that event
                with 'Accept: text/event-stream' the same as server-sent events:
                a message's number is its id, and a Last-Event-ID brings what
                came after it
              http://HOST:PORT/status    {"published": N, "clients": N,
                                         "done": true|false, ...,
                                         "streams": {STREAM: {...}}}; done: the last
                                         message is out, all queues are empty

            Several streams at once, each at the pace that is given:
              --recording a.ndjson photos=b.ndjson --generate event_comments=500

            All clients of a stream share one feed: who connects later has missed what went \
            out before. At --speed max the feed waits for the slowest client, \
            loses nothing, and stands still while there is no client. SIGTERM and \
            SIGINT close all connections in order (WebSocket code 1001).
            """)

    @OptionGroup(title: "What to serve") var what: StreamOptions
    @OptionGroup(title: "How fast") var howFast: PaceOptions

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8_900

    @Option(
        help: ArgumentHelp(
            "Begin a stream only when so many clients of WebSocket or server-sent events are connected to it.",
            valueName: "n"))
    var waitForClients = 0

    @Flag(help: "Leave when the last message is out and every client's queue is empty.")
    var exitWhenDone = false

    @Option(help: ArgumentHelp("How many clients of all streams an address may have.", valueName: "n"))
    var connectionsPerAddress = 10

    @Option(help: ArgumentHelp("How many published messages of a stream can be asked for again.", valueName: "n"))
    var history = 1_000_000

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("A port lies between 0 and 65535.") }
        guard waitForClients >= 0 else { throw ValidationError("--wait-for-clients cannot be negative.") }
        guard connectionsPerAddress > 0 else { throw ValidationError("--connections-per-address must be at least 1.") }
        guard history >= 0 else { throw ValidationError("--history cannot be negative.") }
        guard !(exitWhenDone && what.loop) else { throw ValidationError("With --loop the replay is never done.") }
    }

    func run() async throws {
        var logger = Logger(label: "waystation-replay", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = Logger.Level.info
        let stop = StopSignals()
        let server = try await ReplayServer.start(
            configuration(), streams: what.streams(logger: logger), logger: logger)
        try FileBytes.writeToStandardOutput(Array("listening \(server.host):\(server.port)\n".utf8))
        if exitWhenDone {
            try await firstOf(stop, doneOn: server)
        } else {
            await stop.wait()
        }
        try await server.shutdown()
    }

    private func configuration() throws -> ReplayConfiguration {
        var configuration = ReplayConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.pace = try howFast.pace()
        configuration.atEnd = what.loop ? .repetition : .silence
        configuration.awaitedClients = waitForClients
        configuration.connectionsPerAddress = connectionsPerAddress
        configuration.historyMessages = history
        return configuration
    }

    private func firstOf(_ stop: StopSignals, doneOn server: ReplayServer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await stop.wait() }
            group.addTask {
                while try await !server.status().isDone { try await Task.sleep(for: .milliseconds(50)) }
            }
            try await group.next()
            group.cancelAll()
        }
    }
}
