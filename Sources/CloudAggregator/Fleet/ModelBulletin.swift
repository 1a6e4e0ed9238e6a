import Cryptography
import FleetProtocol

/// What is current: a signed timestamp for each stream with a published model, and those who wait for a newer one.
actor ModelBulletin {
    /// How long a timestamp counts; it is signed anew long before.
    private static let timestampLifetime: Int64 = 7 * 24 * 3600 * 1000
    private static let timestampRenewal: Int64 = 24 * 3600 * 1000

    private struct Post {
        let timestamp: ModelTimestamp
        let signed: [UInt8]
    }

    private let key: PrivateKey
    private var posts: [String: Post] = [:]
    private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter = 0
    private var isClosed = false

    /// - Parameter key: the timestamp key.
    init(key: PrivateKey) {
        self.key = key
    }

    /// Makes these models the current ones. Who waits is woken where a version went up.
    func update(_ models: [FleetModel], now: Int64) throws {
        var isNews = false
        for model in models {
            let posted = posts[model.stream]?.timestamp
            let isNewer = model.version > posted?.version ?? 0
            let isOld = posted.map { now - $0.createdMilliseconds > Self.timestampRenewal } ?? true
            guard isNewer || (isOld && model.version == posted?.version) else { continue }
            let timestamp = ModelTimestamp(
                stream: model.stream, version: model.version, manifestSHA256: model.manifestSHA256,
                createdMilliseconds: now, expiresMilliseconds: now + Self.timestampLifetime)
            posts[model.stream] = Post(timestamp: timestamp, signed: try timestamp.signed(by: key))
            isNews = isNews || isNewer
        }
        if isNews { wakeAll() }
    }

    /// The signed timestamp of a version greater than `version`, as soon as there is one; nil when the wait is over.
    func timestamp(of stream: String, after version: Int64, wait: Duration) async -> [UInt8]? {
        let deadline = ContinuousClock.now + wait
        while !isClosed {
            if let post = posts[stream], post.timestamp.version > version { return post.signed }
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return nil }
            await pause(until: deadline)
        }
        return nil
    }

    /// Sends everyone home who waits, and lets nobody wait any more.
    func close() {
        isClosed = true
        wakeAll()
    }

    private func pause(until deadline: ContinuousClock.Instant) async {
        nextWaiter += 1
        let number = nextWaiter
        let timer = Task {
            // An interrupted timer has nobody to wake any more.
            _ = try? await Task.sleep(until: deadline)
            wake(number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[number] = $0 }
        } onCancel: {
            timer.cancel()
        }
        timer.cancel()
    }

    private func wake(_ number: Int) {
        waiters.removeValue(forKey: number)?.resume()
    }

    private func wakeAll() {
        let woken = waiters.values
        waiters = [:]
        for continuation in woken { continuation.resume() }
    }
}
