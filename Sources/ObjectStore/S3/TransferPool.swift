import Synchronization
import Transfer

/// Makes requests from any thread, which waits for the answer: each takes a loop nobody uses, whose connections are open
/// from the request before.
final class TransferPool: Sendable {
    /// So many loops are kept for later.
    private static let idleLimit = 32
    /// A transfer has its own time limit; this is only how often the wait wakes up.
    private static let turn = Duration.seconds(10)
    /// A streamed answer of which nothing has come for so long has broken off.
    private static let silenceLimit = Duration.seconds(60)

    /// A loop on its way from one thread to another, which alone uses it then.
    private struct IdleLoop: @unchecked Sendable {
        let loop: TransferLoop
    }

    private let idle = Mutex<[IdleLoop]>([])

    /// The whole answer.
    func send(_ request: HTTPRequest) throws(TransferError) -> HTTPResponse {
        let loop = try take()
        let identifier = loop.begin(request)
        while true {
            for event in try loop.wait(timeout: Self.turn) {
                if case .response(identifier, let result) = event {
                    giveBack(loop)
                    return try result.get()
                }
            }
        }
    }

    /// The answer's head, once the whole body has gone to `take` in pieces; `take` is told the head with each, and returns
    /// false to end it.
    func stream(
        _ request: HTTPRequest, _ body: (HTTPResponse, [UInt8]) -> Bool
    ) throws(TransferError) -> HTTPResponse {
        let loop = try take()
        let identifier = loop.beginStreaming(request)
        var head = HTTPResponse(status: 0)
        var last = ContinuousClock.now
        while true {
            guard last.duration(to: .now) < Self.silenceLimit else {
                loop.cancel(identifier)
                giveBack(loop)
                throw .timedOut("nothing has come for \(Self.silenceLimit)")
            }
            for event in try loop.wait(timeout: Self.turn) {
                last = .now
                switch event {
                case .head(identifier, let response): head = response
                case .body(identifier, let bytes):
                    guard body(head, bytes) else {
                        loop.cancel(identifier)
                        giveBack(loop)
                        return head
                    }
                case .response(identifier, let result):
                    giveBack(loop)
                    return try result.get()
                default: break
                }
            }
        }
    }

    /// A loop that nobody else uses.
    private func take() throws(TransferError) -> TransferLoop {
        if let known = idle.withLock({ $0.popLast() }) { return known.loop }
        return try TransferLoop()
    }

    private func giveBack(_ loop: TransferLoop) {
        let returned = IdleLoop(loop: loop)
        idle.withLock { if $0.count < Self.idleLimit { $0.append(returned) } }
    }
}
