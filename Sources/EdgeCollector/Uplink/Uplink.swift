import BatchFormat
import Cryptography
import FleetProtocol
import Signing
import Transfer

/// Sends sealed batches and frees them when their receipt comes: carries out what `UploadQueue` decides.
final class Uplink {
    private struct Upload {
        let row: Int64
        let identity: BatchIdentity
    }

    private let link: CloudLink
    private let spool: Spool
    private let settings: UplinkSettings
    private var queue: UploadQueue
    private var uploads: [TransferIdentifier: Upload] = [:]
    private var random: SeededGenerator
    private var isFailing = false
    private let parallel: Int
    private var budget: SendBudget

    /// Asked to look at what no epoch covers any more.
    var needsEpoch: () -> Void = {}

    init(link: CloudLink, spool: Spool, settings: UplinkSettings, seed: UInt64) {
        self.link = link
        self.spool = spool
        self.settings = settings
        budget = SendBudget(bytesPerSecond: settings.bandwidth)
        parallel = budget.parallel(settings.parallel, bytes: spool.settings.sealBytes)
        queue = UploadQueue(
            parallel: parallel, order: settings.order, retryFirst: settings.retryFirst,
            retryLimit: settings.retryLimit)
        random = SeededGenerator(seed: seed)
        spool.isTravelling = { [weak self] in self?.queue.inFlight.contains($0) == true }
    }

    /// When `tick` has something to do; nil while it only waits for answers or for batches.
    func deadline(after now: Duration) -> Duration? {
        earlier(queue.deadline(after: now), budget.deadline(after: now))
    }

    /// Whether uploads wait for the cloud to be there again.
    var isDisconnected: Bool { queue.isDisconnected }

    /// Whether the last upload got its receipt.
    var isHealthy: Bool { queue.isHealthy }

    /// The link may be there again.
    func linkReturned() {
        if queue.linkReturned() { dropAll() }
    }

    /// Begins as many uploads as may be under way.
    func tick(at moment: Moment) throws {
        while spool.epoch != nil, queue.admits(at: moment.monotonic), budget.admits(at: moment.monotonic),
            let row = try nextBatch()
        {
            guard let file = try spool.sealedFile(row, at: moment) else {
                if spool.writeFailure != nil { return }
                continue
            }
            queue.begin(row)
            budget.charge(file.bytes.count, at: moment.monotonic)
            uploads[link.transfers.begin(request(for: file))] = Upload(row: row, identity: file.identity)
            try shareBandwidth()
        }
    }

    private func nextBatch() throws -> Int64? {
        if let mark = queue.liveMark, let live = try spool.newestSealed(after: mark) { return live }
        return try spool.nextSealed(excluding: queue.inFlight)
    }

    private func shareBandwidth() throws {
        guard let share = budget.share(of: uploads.count) else { return }
        for identifier in uploads.keys { try link.transfers.limitSending(identifier, bytesPerSecond: share) }
    }

    /// Takes what the transfer loop says; false where it is about somebody else's transfer.
    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool {
        guard case .response(let identifier, let result) = event,
            let upload = uploads.removeValue(forKey: identifier)
        else { return false }
        try shareBandwidth()
        let answer = try judge(result, upload, at: moment)
        switch queue.receive(answer, for: upload.row, at: moment.monotonic, using: &random) {
        case .free:
            if isFailing { link.log(.notice, "Uploads succeed again.", ["backlog": "\(spool.backlog.batches)"]) }
            isFailing = false
        case .keep(let reason):
            noteFailure(upload, reason, at: moment)
        case .giveUp(let reason):
            noteFailure(upload, "the batch goes to the dead letters: \(reason)", at: moment)
            try spool.giveUp(upload.row, reason: "refused", because: reason, keepingFile: true, at: moment)
        case .newEpoch(let reason):
            noteFailure(upload, "a new epoch is needed: \(reason)", at: moment)
            dropAll()
            try spool.abandonEpoch()
            needsEpoch()
        }
        return true
    }

    /// What an answer is worth. A receipt frees its batch in the spool here, or it is not believed.
    private func judge(
        _ result: Result<HTTPResponse, TransferError>, _ upload: Upload, at moment: Moment
    ) throws -> UploadAnswer {
        let response: HTTPResponse
        switch result {
        case .failure(.unreachable(let reason)): return .noConnection("\(TransferError.unreachable(reason))")
        case .failure(let error):
            link.noteFailure(error)
            return .none("\(error)")
        case .success(let answer): response = answer
        }
        _ = link.noteAnswer(response)
        guard response.status == 200 else {
            return .refused(
                status: response.status, retryAfter: response.retryAfter(at: moment.milliseconds),
                reason: response.problem)
        }
        let receipt: Receipt
        do {
            receipt = try Receipt(signed: response.body, key: link.grant.receiptKey)
        } catch {
            return .unbelievable("the receipt is not believed: \(error)")
        }
        guard try spool.acknowledge(upload.row, receipt, at: moment) else {
            return .unbelievable("the receipt is for another batch or content")
        }
        link.receive(serverMilliseconds: receipt.serverTimeMilliseconds)
        spool.noteContact(serverMilliseconds: receipt.serverTimeMilliseconds, at: moment)
        return .receipt
    }

    private func request(for file: SealedFile) -> HTTPRequest {
        let name = file.identity
        let backlog = spool.backlog
        return HTTPRequest(
            method: "PUT",
            url: link.signer.cloud.url(
                Endpoint.batch(device: name.device, epoch: name.epoch, sequence: name.sequence)),
            headers: [
                HTTPHeader("content-type", MediaType.batch),
                HTTPHeader(Endpoint.backlogBatchesHeader, "\(max(0, backlog.batches - 1))"),
                HTTPHeader(Endpoint.backlogBytesHeader, "\(max(0, backlog.bytes - Int64(file.bytes.count)))"),
            ],
            body: file.bytes, connection: link.connection,
            totalTimeout: settings.timeout + budget.allowance(file.bytes.count, of: parallel),
            maximumSendBytesPerSecond: budget.share(of: uploads.count + 1))
    }

    private func noteFailure(_ upload: Upload, _ reason: String, at moment: Moment) {
        isFailing = true
        spool.noteError("batch \(upload.identity): \(reason)", at: moment)
        link.log(.warning, "An upload failed: \(reason).", ["batch": "\(upload.identity)"])
    }

    private func dropAll() {
        for identifier in uploads.keys { link.transfers.cancel(identifier) }
        uploads = [:]
        queue.dropAll()
    }
}
