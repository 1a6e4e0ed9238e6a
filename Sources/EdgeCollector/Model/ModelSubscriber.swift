import FleetProtocol
import Scoring
import Transfer

/// Keeps a stream's scorer on the newest model: carries out what `ModelFollower` decides.
final class ModelSubscriber {
    /// What the network may take on top of the time the cloud holds a question.
    private static let patience: Duration = .seconds(15)

    private let stream: String
    private let link: CloudLink
    private let spool: Spool
    private let scorer: Scorer
    private let wait: Duration
    private var slots: ModelSlots
    private var follower: ModelFollower
    private var request: TransferIdentifier?
    private var random: SeededGenerator
    private let log: EdgeLog

    /// Makes the model that is kept active at once, and then follows the cloud.
    init(
        stream: String, link: CloudLink, spool: Spool, scorer: Scorer, state: StateDirectory, wait: Duration,
        backoff: Backoff, seed: UInt64, at moment: Moment
    ) throws {
        self.stream = stream
        self.link = link
        self.spool = spool
        self.scorer = scorer
        self.wait = wait
        slots = ModelSlots(stream: stream, state: state)
        follower = ModelFollower(backoff: backoff, at: moment.monotonic)
        random = SeededGenerator(seed: seed)
        log = link.log.with("stream", stream)
        loadKept()
    }

    /// Collection goes on without a model where the kept one is of no use.
    private func loadKept() {
        do {
            try slots.read()
            let artifact = try slots.load(releaseKey: link.grant.releaseKey) { version, rejection in
                log(.error, "The kept model is passed over: \(rejection).", ["version": "\(version)"])
            }
            guard let artifact else { return }
            scorer.activate(artifact)
            log(.info, "The kept model is active.", ["version": "\(artifact.version)"])
        } catch {
            log(.error, "No kept model can be used: \(error).")
        }
    }

    /// When `tick` has something to do.
    var deadline: Duration? { follower.deadline }

    func tick(at moment: Moment) throws {
        guard follower.tick(at: moment.monotonic) else { return }
        let seconds = max(1, min(Int64(Endpoint.maximumWaitSeconds), wait.components.seconds))
        request = try link.begin(
            "GET", Endpoint.modelTimestamp(stream: stream), query: "after=\(slots.floor)&wait=\(seconds)",
            timeout: .seconds(seconds) + Self.patience)
    }

    /// The link may be there again.
    func linkReturned(at moment: Moment) {
        follower.linkReturned(at: moment.monotonic)
    }

    /// Takes what the transfer loop says; false where it is about somebody else's transfer.
    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool {
        guard case .response(let identifier, let result) = event, identifier == request else { return false }
        request = nil
        switch result {
        case .failure(let error):
            failed("\(error)", unreachable: true, at: moment)
        case .success(let response):
            if link.noteAnswer(response) {
                follower.noNews(at: moment.monotonic)
            } else if response.status == 204, follower.step == .timestamp {
                follower.noNews(at: moment.monotonic)
            } else if response.status == 200 {
                try received(response.body, at: moment)
            } else {
                failed(response.problem, at: moment)
            }
        }
        return true
    }

    private func received(_ body: [UInt8], at moment: Moment) throws {
        let offer = ModelOffer(
            stream: stream, active: slots.floor, releaseKey: link.grant.releaseKey,
            timestampKey: link.grant.timestampKey, milliseconds: moment.milliseconds)
        do {
            switch follower.step {
            case .timestamp:
                let timestamp = try offer.timestamp(body)
                follower.received(timestamp)
                request = try link.begin(
                    "GET", Endpoint.modelManifest(stream: stream, version: timestamp.version), timeout: .seconds(60))
            case .manifest(let timestamp):
                let manifest = try offer.manifest(body, for: timestamp)
                follower.received(manifest)
                request = try link.begin(
                    "GET", Endpoint.modelArtifact(stream: stream, version: manifest.version), timeout: .seconds(60),
                    maximumResponseBytes: ModelArtifact.maximumFileBytes)
            case .artifact(let manifest):
                try use(body, manifest, offer, at: moment)
            case .waiting:
                break
            }
        } catch let rejection as ModelRejection {
            failed("\(rejection)", at: moment)
        } catch EdgeError.system(let action, let path, let reason) {
            failed("cannot \(action) \(path): \(reason)", at: moment)
        }
    }

    /// Activates the file, or rejects its version for good where it is what was signed and still unfit.
    private func use(_ file: [UInt8], _ manifest: ModelManifest, _ offer: ModelOffer, at moment: Moment) throws {
        var changed = slots
        do {
            let artifact = try offer.artifact(file, for: manifest)
            try changed.activate(file, version: artifact.version)
            slots = changed
            try spool.closeBatch(of: stream, at: moment)
            scorer.activate(artifact)
            log(.notice, "A new model is active.", ["version": "\(artifact.version)"])
        } catch ModelRejection.unsuitable(let reason) {
            log(.error, "A model is rejected: \(reason).", ["version": "\(manifest.version)"])
            spool.noteError("model \(manifest.version) of '\(stream)' is rejected: \(reason)", at: moment)
            try changed.reject(manifest.version, reason)
            slots = changed
        }
        follower.decided(at: moment.monotonic)
    }

    private func failed(_ reason: String, unreachable: Bool = false, at moment: Moment) {
        let isPoll = follower.step == .timestamp
        follower.failed(unreachable: unreachable, at: moment.monotonic, using: &random)
        log(isPoll ? .info : .warning, "No news of a model: \(reason).")
    }
}
