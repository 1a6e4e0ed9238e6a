import FleetProtocol
import JSON
import Transfer

/// Asks the cloud for an epoch whenever the spool has none.
final class EpochRequester {
    private let link: CloudLink
    private let spool: Spool
    private let settings: UplinkSettings
    private var backoff: Backoff
    private var request: TransferIdentifier?
    private var dueAt: Duration = .zero
    private var isUnreachable = false
    private var random: SeededGenerator

    init(link: CloudLink, spool: Spool, settings: UplinkSettings, seed: UInt64) {
        self.link = link
        self.spool = spool
        self.settings = settings
        backoff = Backoff(first: settings.retryFirst, limit: settings.retryLimit)
        random = SeededGenerator(seed: seed)
    }

    private var isNeeded: Bool { spool.epoch == nil && request == nil }

    /// When `tick` has something to do.
    var deadline: Duration? { isNeeded ? dueAt : nil }

    func tick(at moment: Moment) throws {
        guard isNeeded, moment.monotonic >= dueAt else { return }
        request = try link.begin(
            "POST", Endpoint.epochs(device: link.grant.device), body: Array("{}".utf8), timeout: settings.timeout)
    }

    /// Whether an epoch waits for the cloud to be there again.
    var isDisconnected: Bool { spool.epoch == nil && isUnreachable }

    /// The link may be there again.
    func linkReturned() {
        guard isUnreachable else { return }
        isUnreachable = false
        dueAt = .zero
        if let request { link.transfers.cancel(request) }
        request = nil
    }

    /// Takes what the transfer loop says; false where it is about somebody else's transfer.
    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool {
        guard case .response(let identifier, let result) = event, identifier == request else { return false }
        request = nil
        isUnreachable = false
        switch result {
        case .failure(let error):
            link.noteFailure(error)
            failed("\(error)", at: moment)
            isUnreachable = true
        case .success(let response) where response.status == 200:
            try granted(response, at: moment)
        case .success(let response):
            if link.noteAnswer(response) {
                dueAt = moment.monotonic
            } else {
                failed(response.problem, retryAfter: response.retryAfter(at: moment.milliseconds), at: moment)
            }
        }
        return true
    }

    private func granted(_ response: HTTPResponse, at moment: Moment) throws {
        _ = link.noteAnswer(response)
        let epoch: Int64
        do throws(JSONError) {
            epoch = try EpochGrant(json: response.body).epoch
        } catch {
            return failed("the grant of an epoch is not readable: \(error)", at: moment)
        }
        guard try spool.adopt(epoch: epoch) else {
            return failed("epoch \(epoch) could not be taken", at: moment)
        }
        backoff.reset()
        spool.noteContact(at: moment)
        link.log(.notice, "The cloud has granted an epoch.", ["epoch": "\(epoch)"])
    }

    private func failed(_ reason: String, retryAfter: Duration? = nil, at moment: Moment) {
        let patience = min(retryAfter ?? .zero, UploadQueue.retryAfterLimit)
        dueAt = moment.monotonic + max(patience, backoff.next(using: &random))
        spool.noteError("no epoch: \(reason)", at: moment)
        link.log(.warning, "The cloud has not granted an epoch: \(reason).")
    }
}
