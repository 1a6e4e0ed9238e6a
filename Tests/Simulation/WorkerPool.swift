import Glibc

/// Runs seeds in several processes, and goes on behind a seed that makes its process crash.
final class WorkerPool {
    /// The failing seeds that are named; more are only counted.
    private static let namedLimit = 50
    private static let progressInterval = 500

    private struct Worker {
        let process: ChildProcess
        var current: UInt64?
    }

    private let first: UInt64
    private let last: UInt64
    private let jobs: UInt64
    private var workers: [Worker] = []
    private var failing: Set<UInt64> = []
    private var finished = 0
    /// Of all runs together: the same seeds have the same.
    private var digest: UInt64 = 0

    init(first: UInt64, count: UInt64, jobs: Int) {
        self.first = first
        last = first + count - 1
        self.jobs = UInt64(max(1, min(jobs, 64)))
    }

    /// Runs all seeds; true where none failed.
    func run() throws -> Bool {
        let begin = Self.seconds
        for job in 0..<min(jobs, last - first + 1) { try start(from: first + job) }
        while !workers.isEmpty {
            var watched = workers.map { pollfd(fd: $0.process.descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&watched, nfds_t(watched.count), -1) >= 0 || errno == EINTR else {
                throw SimulationError.system("wait for the workers")
            }
            for index in watched.indices.reversed() where watched[index].revents != 0 { try serve(index) }
        }
        let span = Double(Int((Self.seconds - begin) * 10)) / 10
        StandardOutput.write(
            "\(finished) seeds, \(failing.count) failures, \(span) s, digest \(String(digest, radix: 16))")
        if !failing.isEmpty {
            let named = failing.sorted().prefix(Self.namedLimit).map { "\($0)" }.joined(separator: " ")
            StandardOutput.write("failing: \(named)\(failing.count > Self.namedLimit ? " ..." : "")")
        }
        return failing.isEmpty
    }

    private func start(from seed: UInt64) throws {
        let words = ["work", "--first", "\(seed)", "--last", "\(last)", "--stride", "\(jobs)"]
        workers.append(Worker(process: try ChildProcess(words)))
    }

    private func serve(_ index: Int) throws {
        let process = workers[index].process
        guard !process.read({ take($0, from: index) }) else { return }
        let worker = workers.remove(at: index)
        if process.wait() { return }
        guard let seed = worker.current else { throw SimulationError.system("run a worker") }
        note(seed, "the process has crashed")
        finished += 1
        if seed + jobs <= last { try start(from: seed + jobs) }
    }

    private func take(_ line: String, from index: Int) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let seed = UInt64(words[1]) else { return }
        switch words[0] {
        case "begin": workers[index].current = seed
        case "failure": note(seed, words.count > 2 ? String(words[2]) : "")
        case "end":
            finished += 1
            digest ^= (words.last.flatMap { UInt64($0) } ?? 0) &* (2 &* seed &+ 1)
            if finished % Self.progressInterval == 0 {
                StandardOutput.write("\(finished) seeds, \(failing.count) failures so far")
            }
        default: break
        }
    }

    private func note(_ seed: UInt64, _ reason: String) {
        failing.insert(seed)
        if failing.count <= Self.namedLimit { StandardOutput.write("seed \(seed): \(reason)") }
    }

    private static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
