import BatchFormat
import Cryptography
import EdgeCollector
import FleetProtocol
import Signing
import Transfer

/// The cloud as devices know it: checks each request as the real one does, keeps a ledger, signs receipts.
final class SimulatedCloud {
    /// What it answers where it does not want to.
    struct Unwillingness {
        let status: Int
        let retryAfter: String?
    }

    /// How long a poll for a model may be held.
    private static let longestPoll: Int64 = Int64(Endpoint.maximumWaitSeconds) * 1000

    private let agenda: Agenda
    private let trace: Trace
    private let site: SimulationSite
    private var random: SeededGenerator
    /// Whether it can be reached.
    private(set) var isUp = true
    /// Times it crashed: who was connected before must not get an answer.
    private var lives = 0
    /// What it answers to everything instead of an answer.
    var unwillingness: Unwillingness?
    /// Whether the next upload makes it crash: before or behind the commit.
    var crashAtUpload: CrashPoint?
    /// What it has merged.
    let ledger: CloudLedger
    private var epochs: [Int64]

    enum CrashPoint: CaseIterable {
        case beforeCommit, behindCommit
    }

    init(_ site: SimulationSite, ledger: CloudLedger, devices: Int, seed: UInt64, agenda: Agenda, trace: Trace) {
        (self.site, self.ledger, self.agenda, self.trace) = (site, ledger, agenda, trace)
        random = SeededGenerator(seed: seed)
        epochs = [Int64](repeating: 0, count: devices)
    }

    /// Takes a request; `answer` is called when there is an answer, with nil where the connection broke.
    func receive(_ request: HTTPRequest, from device: Int, _ answer: @escaping (HTTPResponse?) -> Void) {
        let life = lives
        let respond = { [self] (response: HTTPResponse?) in
            agenda.after(Int64.random(in: 1...60, using: &random)) { [self] in
                answer(life == lives ? response : nil)
            }
        }
        if let unwillingness {
            trace.note(agenda.now, "cloud", "answers device \(device) with \(unwillingness.status)")
            return respond(refusal(unwillingness.status, retryAfter: unwillingness.retryAfter))
        }
        let path = request.url.dropFirst(SimulatedTransfers.cloud.count).split(separator: "?").first ?? ""
        let query = request.url.split(separator: "?").dropFirst().first ?? ""
        guard request.method != "PUT" else { return upload(request, String(path), device, respond) }
        do {
            try verify(request, path: String(path), query: String(query), device: device)
        } catch {
            trace.note(agenda.now, "cloud", "does not believe device \(device)")
            return respond(refusal(401))
        }
        if path == Endpoint.epochs(device: site.devices[device].identifier) {
            epochs[device] += 1
            trace.note(agenda.now, "cloud", "grants device \(device) epoch \(epochs[device])")
            respond(HTTPResponse(status: 200, body: EpochGrant(epoch: epochs[device]).json))
        } else {
            poll(String(query), respond)
        }
    }

    /// Crashes, and comes back after so many milliseconds.
    func crash(for span: Int64) {
        lives += 1
        isUp = false
        trace.note(agenda.now, "cloud", "crashes")
        agenda.after(span) { [self] in
            isUp = true
            trace.note(agenda.now, "cloud", "is back")
        }
    }

    private func upload(
        _ request: HTTPRequest, _ path: String, _ device: Int, _ respond: (HTTPResponse?) -> Void
    ) {
        let crashPoint = crashAtUpload
        crashAtUpload = nil
        if crashPoint == .beforeCommit { return crash(for: 5000) }
        do {
            let (manifest, events) = try SealedBatch.open(request.body ?? [], key: site.devices[device].key.publicKey)
            let name = manifest.identity
            let wanted = Endpoint.batch(device: name.device, epoch: name.epoch, sequence: name.sequence)
            guard path == wanted, manifest.fleet == SimulationSite.fleet, manifest.stream == site.stream else {
                ledger.complain("a batch of device \(device) does not belong to \(path)")
                return respond(refusal(422))
            }
            guard manifest.identity.epoch <= epochs[device] else { return respond(refusal(409)) }
            guard let result = try ledger.enter(manifest, events: events, device: device) else {
                trace.note(agenda.now, "cloud", "has other content for \(device)/\(name.epoch)/\(name.sequence)")
                return respond(refusal(409))
            }
            trace.note(
                agenda.now, "cloud",
                "\(result.rawValue) \(device)/\(name.epoch)/\(name.sequence), \(manifest.events) events, "
                    + "\(Hexadecimal.encode(Array(manifest.sha256.prefix(4))))"
                    + manifest.gaps.map { " gap \($0.reason) \($0.events)" }.joined())
            if crashPoint == .behindCommit { return crash(for: 5000) }
            let receipt = Receipt(
                device: name.device, epoch: name.epoch, sequence: name.sequence, manifestSHA256: manifest.sha256,
                result: result, watermark: Int64(ledger.batchCount),
                serverTimeMilliseconds: SimulatedClock.beginning + agenda.now)
            respond(HTTPResponse(status: 200, body: try receipt.signed(by: site.cloudKey)))
        } catch {
            ledger.complain("a batch of device \(device) is not good: \(error)")
            respond(refusal(422))
        }
    }

    private func verify(_ request: HTTPRequest, path: String, query: String, device: Int) throws {
        let parts = HTTPSignature.Request(
            method: request.method, authority: "cloud.example", path: path, query: query, body: request.body ?? [])
        let own = site.devices[device]
        _ = try HTTPSignature.verify(
            parts, header: { name in request.headers.first { $0.name == name }?.value },
            now: (SimulatedClock.beginning + agenda.now) / 1000
        ) { $0 == own.identifier ? own.key.publicKey : nil }
    }

    /// No model is published: the poll is held as long as it asks for.
    private func poll(_ query: String, _ respond: @escaping (HTTPResponse?) -> Void) {
        let wait = query.split(separator: "&").first { $0.hasPrefix("wait=") }.flatMap { Int64($0.dropFirst(5)) } ?? 0
        agenda.after(min(wait * 1000, Self.longestPoll)) { respond(HTTPResponse(status: 204)) }
    }

    private func refusal(_ status: Int, retryAfter: String? = nil) -> HTTPResponse {
        let date = HTTPDateText.text(milliseconds: SimulatedClock.beginning + agenda.now)
        var headers = [HTTPHeader("Date", date)]
        if let retryAfter { headers.append(HTTPHeader("Retry-After", retryAfter)) }
        let problem = Problem("simulated", status: status, title: "Not now", detail: "as the scenario says")
        return HTTPResponse(status: status, headers: headers, body: problem.json)
    }
}
