import ConfigurationFile
import EdgeCollector
import Glibc

/// The command line: which words do what, and what exit status they end with.
enum EdgeCommand {
    private static let options = [
        "run": ["--config"], "check": ["--config"], "status": ["--config"], "tail": ["--config", "--stream"],
        "export": ["--config", "--to"], "enroll": ["--config", "--token", "--url", "--name"],
    ]

    private static let flags = ["status": ["--json"]]

    /// Does what the words behind the program's name say; returns the exit status.
    static func main(_ words: [String]) -> Int32 {
        guard let command = words.first else {
            say(Help.overview, to: STDERR_FILENO)
            return ExitStatus.wrongUsage
        }
        switch command {
        case "--help", "-h", "help": say(Help.overview)
        case "--version": say(Help.version)
        default:
            do {
                guard let options = options[command] else { throw Arguments.Mistake.unknownCommand(command) }
                let arguments = try Arguments(
                    command: command, options: options, flags: flags[command] ?? [], words: words.dropFirst())
                if arguments.isHelpWanted {
                    say(Help.commands[command] ?? Help.overview)
                } else {
                    try perform(arguments)
                }
            } catch let mistake as Arguments.Mistake {
                say("waystation-edge: \(mistake); see 'waystation-edge --help'", to: STDERR_FILENO)
                return ExitStatus.wrongUsage
            } catch let errors as ConfigurationErrors {
                say("\(errors)", to: STDERR_FILENO)
                return ExitStatus.wrongConfiguration
            } catch {
                say("waystation-edge: \(error)", to: STDERR_FILENO)
                return ExitStatus.failed
            }
        }
        return 0
    }

    private static func perform(_ arguments: Arguments) throws {
        umask(0o077)
        let path = arguments.value("--config") ?? EdgeConfiguration.usualPath
        switch arguments.command {
        case "run": try run(path)
        case "check":
            let configuration = try EdgeConfiguration(contentsOf: path)
            say("\(path): all is well; streams: " + configuration.streams.map(\.name).joined(separator: ", "))
        case "enroll": try enroll(arguments, EdgeConfiguration(contentsOf: path))
        case "export":
            let folder = try arguments.required("--to")
            try export(to: folder, EdgeConfiguration(contentsOf: path))
        case "tail": try tail(arguments, EdgeConfiguration(contentsOf: path))
        default:
            let configuration = try EdgeConfiguration(contentsOf: path)
            let status = EdgeStatus(state: configuration.state, quiet: configuration.uplink.quiet)
            if arguments.has("--json") { return say(try status.json().text) }
            for line in try status.lines() { say(line) }
        }
    }

    private static func run(_ path: String) throws {
        let signals = try SignalPipe([SIGTERM, SIGINT, SIGHUP])
        try EdgeRunner(configuration: path) { say("listening metrics \($0)") }.run(signals: signals)
    }

    private static func tail(_ arguments: Arguments, _ configuration: EdgeConfiguration) throws {
        let stream = arguments.value("--stream")
        if let stream, !configuration.streams.contains(where: { $0.name == stream }) {
            throw EdgeError.unsuitableStream(name: stream, reason: "the configuration does not have it")
        }
        guard let path = configuration.local.socket else { throw EdgeError.noFeed }
        let signals = try SignalPipe([SIGTERM, SIGINT, SIGHUP])
        let end = try FeedTail(path: path, stream: stream).run(signals: signals)
        if end == .closedByEdge { throw EdgeError.feedClosed(path: path) }
    }

    private static func enroll(_ arguments: Arguments, _ configuration: EdgeConfiguration) throws {
        let token = try EnrolmentToken(arguments.required("--token"))
        let cloud = try address(arguments.value("--url")) ?? configuration.cloud
        guard let cloud else { throw Arguments.Mistake.missingOption("--url", command: "enroll") }
        let enrolment = try Enroller(state: configuration.state, proxy: configuration.proxy)
            .enroll(token: token, cloud: cloud, name: arguments.value("--name") ?? configuration.name)
        say("This device is \(enrolment.grant.device) of fleet '\(enrolment.grant.fleet)', \(enrolment.grant.state).")
    }

    private static func export(to folder: String, _ configuration: EdgeConfiguration) throws {
        let summary = try BatchExport(state: configuration.state).run(to: StateDirectory(path: folder))
        for batch in summary.damaged {
            say("waystation-edge: batch \(batch) is damaged and left out", to: STDERR_FILENO)
        }
        if summary.nameless > 0 {
            say(
                "waystation-edge: \(summary.nameless) batches have no epoch from the cloud yet and are left out",
                to: STDERR_FILENO)
        }
        say(
            "\(summary.written) batches, \(summary.bytes) bytes written to \(folder); \(summary.present) were there already"
        )
    }

    private static func address(_ text: String?) throws -> CloudAddress? {
        guard let text else { return nil }
        guard let address = CloudAddress(text) else {
            throw EdgeError.unreachable("'\(text)' is not of the form https://HOST:PORT")
        }
        return address
    }

    private static func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array((text + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || (count < 0 && errno == EINTR) else { return }
            written += max(0, count)
        }
    }
}
