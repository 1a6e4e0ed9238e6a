import BatchFormat
import Cryptography
import FleetProtocol
import Foundation
import Scoring
import Signing

@testable import EdgeCollector

/// A cloud of a few lines: it takes batches as the real one must, remembers what it was told, and can be told to fail.
final class TestCloud: @unchecked Sendable {
    struct Model {
        var timestamp: [UInt8]
        var manifest: [UInt8]
        var artifact: [UInt8]
        var version: Int64
    }

    static let key = SpoolFixture.key
    private let lock = NSLock()
    private var state = State()

    struct State {
        var epoch: Int64 = 0
        var manifests: [Manifest] = []
        var lines: [String] = []
        var requests: [String] = []
        var problems: [String] = []
        /// Answers that are given instead, first come first served, to uploads.
        var uploadReplies: [TestServer.Reply] = []
        var model: Model?
        /// The texts of each WebSocket in turn, the last for all later ones; the cut ones end after them.
        var webSockets: [TestServer.Reply] = []
        var missed: [String] = []
    }

    func read<Value>(_ body: (inout State) -> Value) -> Value {
        lock.withLock { body(&state) }
    }

    func answer(_ request: TestServer.Request) -> TestServer.Reply {
        lock.withLock {
            let query = request.query.isEmpty ? "" : "?\(request.query)"
            state.requests.append("\(request.method) \(request.path)\(query)")
            if request.path.hasPrefix("/2/") { return stream(request) }
            if request.method == "PUT" { return upload(request) }
            guard isSigned(request) else { return .answer(401, body: problem("signature")) }
            if request.path == Endpoint.enrolment { return enroll(request) }
            if request.path.hasSuffix("/epochs") {
                state.epoch += 1
                return .answer(200, body: EpochGrant(epoch: state.epoch).json)
            }
            return model(request)
        }
    }

    private func stream(_ request: TestServer.Request) -> TestServer.Reply {
        guard request.headers["upgrade"] != nil else { return .lines(state.missed) }
        return state.webSockets.count > 1 ? state.webSockets.removeFirst() : state.webSockets.first ?? .drop
    }

    private func upload(_ request: TestServer.Request) -> TestServer.Reply {
        if !state.uploadReplies.isEmpty {
            let reply = state.uploadReplies.removeFirst()
            if case .answer(200, _, _) = reply {} else { return reply }
        }
        do {
            let (manifest, events) = try SealedBatch.open(request.body, key: Self.key.publicKey)
            let isKnown = state.manifests.contains { $0.identity == manifest.identity }
            if !isKnown {
                state.manifests.append(manifest)
                EventLines(events).forEach { state.lines.append(String(decoding: $0, as: UTF8.self)) }
            }
            let receipt = Receipt(
                device: manifest.identity.device, epoch: manifest.identity.epoch,
                sequence: manifest.identity.sequence, manifestSHA256: manifest.sha256,
                result: isKnown ? .duplicate : .merged, watermark: Int64(state.manifests.count),
                serverTimeMilliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            return .answer(200, body: try receipt.signed(by: Self.key))
        } catch {
            state.problems.append("\(error)")
            return .answer(422, body: problem("\(error)"))
        }
    }

    private func enroll(_ request: TestServer.Request) -> TestServer.Reply {
        do {
            let wish = try EnrolmentRequest(json: request.body)
            guard wish.token == String(repeating: "0", count: 32) else { return .answer(401, body: problem("token")) }
            let grant = EnrolmentGrant(
                device: wish.publicKey.deviceIdentifier, fleet: "test", state: .accepted, authority: "PEM",
                receiptKey: Self.key.publicKey, releaseKey: Self.key.publicKey, timestampKey: Self.key.publicKey)
            return .answer(200, body: grant.json)
        } catch {
            return .answer(400, body: problem("\(error)"))
        }
    }

    private func model(_ request: TestServer.Request) -> TestServer.Reply {
        guard let model = state.model else { return .answer(204) }
        if request.path.hasSuffix("/manifest") { return .answer(200, body: model.manifest) }
        if request.path.hasSuffix("/artifact") { return .answer(200, body: model.artifact) }
        let after = Int64(request.query.split(separator: "&")[0].dropFirst("after=".count)) ?? 0
        return after < model.version ? .answer(200, body: model.timestamp) : .answer(204)
    }

    private func isSigned(_ request: TestServer.Request) -> Bool {
        let parts = HTTPSignature.Request(
            method: request.method, authority: request.headers["host"] ?? "", path: request.path, query: request.query,
            body: request.body)
        do {
            _ = try HTTPSignature.verify(
                parts, header: { request.headers[$0] }, now: Int64(Date().timeIntervalSince1970)
            ) { identifier in
                if identifier == Self.key.publicKey.deviceIdentifier { return Self.key.publicKey }
                return Base64.decode(identifier).flatMap { bytes in try? PublicKey(bytes: bytes) }
            }
            return true
        } catch {
            state.problems.append("\(request.path): \(error)")
            return false
        }
    }

    private func problem(_ detail: String) -> [UInt8] {
        Problem("test", status: 400, title: "Not taken", detail: detail).json
    }
}
