import Synchronization

/// Gathers what the cloud answered, and prints it.
final class LoadReport: Sendable {
    private struct Figures {
        var start = ContinuousClock.now
        var end = ContinuousClock.now
        var answers: [Int: Int] = [:]
        var cuts = 0
        var givenUp = 0
        var events = 0
        var bytes = 0
        var latencies: [Duration] = []
    }

    private let figures = Mutex(Figures())

    /// The clock starts.
    func start() {
        Progress.say("Sending...")
        figures.withLock { $0.start = .now }
    }

    /// An answer came.
    func noteAnswer(_ status: Int) {
        figures.withLock { $0.answers[status, default: 0] += 1 }
    }

    /// A connection ended where an answer was due.
    func noteCut() {
        figures.withLock { $0.cuts += 1 }
    }

    /// A batch was sent as often as one is.
    func noteGivenUp() {
        figures.withLock { $0.givenUp += 1 }
    }

    /// A batch has its receipt, so long after its moment.
    func noteReceipt(events: Int, bytes: Int, _ latency: Duration) {
        figures.withLock { figures in
            figures.end = .now
            figures.events += events
            figures.bytes += bytes
            figures.latencies.append(latency)
        }
    }

    /// Prints all; throws where a batch has no receipt.
    func finish() throws {
        let figures = figures.withLock { $0 }
        let latencies = figures.latencies.sorted()
        let seconds = figures.start.duration(to: figures.end) / .seconds(1)
        print("events: \(figures.events)")
        print("batches: \(latencies.count)")
        print("wire bytes: \(figures.bytes)")
        print("seconds: \(Self.rounded(seconds, 2))")
        print("events/s: \(Int(Double(figures.events) / seconds))")
        for (status, count) in figures.answers.sorted(by: { $0.key < $1.key }) { print("answers \(status): \(count)") }
        print("connections cut: \(figures.cuts)")
        for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)] where !latencies.isEmpty {
            let index = min(latencies.count - 1, Int((Double(latencies.count) * share).rounded(.up)) - 1)
            print("latency \(name) ms: \(Self.rounded(latencies[max(0, index)] / .milliseconds(1), 1))")
        }
        guard figures.givenUp == 0 else { throw LoadError.unanswered(figures.givenUp) }
    }

    private static func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = digits == 1 ? 10.0 : 100.0
        return (value * scale).rounded() / scale
    }
}
