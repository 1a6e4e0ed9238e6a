import Glibc

/// A process of this program whose standard output is read line by line.
final class ChildProcess {
    /// With it Swift's dictionaries have the same order in each process.
    private static let repeatable = "SWIFT_DETERMINISTIC_HASHING=1"

    /// Becomes readable when there is output.
    let descriptor: Int32
    private let process: pid_t
    private var rest: [UInt8] = []

    /// Starts this program with other words.
    init(_ words: [String]) throws(SimulationError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw .system("make a pipe")
        }
        descriptor = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var arguments = Self.pointers(CommandLine.arguments.prefix(1) + words)
        var environment = Self.pointers([Self.repeatable])
        defer { for pointer in arguments + environment { free(pointer) } }
        var started: pid_t = 0
        let code = posix_spawn(&started, "/proc/self/exe", &actions, nil, &arguments, &environment)
        close(ends[1])
        guard code == 0 else { throw .system("start a process") }
        process = started
    }

    deinit {
        close(descriptor)
    }

    /// Reads what there is and hands over each line that is whole; false at the end.
    func read(_ body: (String) -> Void) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { return true }
        guard count > 0 else { return false }
        rest += chunk[..<count]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            body(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeSubrange(...end)
        }
        return true
    }

    /// Waits for the end; true where it was a good one.
    func wait() -> Bool {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return false } }
        return status == 0
    }

    /// Begins this program anew where the order of its dictionaries is not the same each time.
    static func becomeRepeatable() throws(SimulationError) {
        if getenv("SWIFT_DETERMINISTIC_HASHING") != nil { return }
        putenv(strdup(repeatable))
        var arguments = pointers(CommandLine.arguments[...])
        execv("/proc/self/exe", &arguments)
        throw .system("begin anew")
    }

    private static func pointers(_ words: some Sequence<String>) -> [UnsafeMutablePointer<CChar>?] {
        words.map { strdup($0) } + [nil]
    }
}

/// Why the simulation itself cannot go on.
enum SimulationError: Error, CustomStringConvertible {
    /// A call of the operating system failed: what was tried.
    case system(String)

    /// A sentence for people.
    var description: String {
        switch self {
        case .system(let action): "cannot \(action): \(String(cString: strerror(errno)))"
        }
    }
}
