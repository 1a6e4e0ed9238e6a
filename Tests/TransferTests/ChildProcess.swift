import Glibc
import Testing

/// A program that runs beside the test, with pipes to its input and from its output.
final class ChildProcess {
    private let identifier: pid_t
    private let input: Int32
    private let output: Int32
    private var isRunning = true

    init(_ command: [String]) throws {
        var (toChild, fromChild): ([Int32], [Int32]) = ([0, 0], [0, 0])
        try #require(pipe(&toChild) == 0)
        try #require(pipe(&fromChild) == 0)
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        arguments.append(nil)
        defer { arguments.forEach { free($0) } }
        var identifier = pid_t()
        try #require(posix_spawnp(&identifier, command[0], &actions, nil, arguments, environ) == 0, "\(command)")
        self.identifier = identifier
        close(toChild[0])
        close(fromChild[1])
        input = toChild[1]
        output = fromChild[0]
    }

    deinit {
        stop()
    }

    func stop() {
        guard isRunning else { return }
        isRunning = false
        kill(identifier, SIGKILL)
        waitpid(identifier, nil, 0)
        close(input)
        close(output)
    }

    /// Waits for a line that is wanted and returns it, without its end; the lines before it are lost.
    func readLine(where isWanted: (String) -> Bool) throws -> String {
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            try #require(read(output, &byte, 1) == 1, "the program goes on")
            if byte != 10 {
                line.append(byte)
                continue
            }
            let text = String(decoding: line.last == 13 ? line.dropLast() : line[...], as: UTF8.self)
            if isWanted(text) { return text }
            line = []
        }
    }

    /// All that the program still says; it must end by itself, and well.
    func readToEnd() throws -> String {
        var (text, chunk): ([UInt8], [UInt8]) = ([], .init(repeating: 0, count: 4096))
        while case let count = read(output, &chunk, chunk.count), count > 0 { text += chunk[..<count] }
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
        isRunning = false
        close(input)
        close(output)
        try #require(status == 0, "the program ends well")
        return String(decoding: text, as: UTF8.self)
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(input, $0.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            try #require(count > 0)
            sent += count
        }
    }
}
