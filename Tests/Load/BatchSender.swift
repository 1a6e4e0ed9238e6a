import FleetProtocol

/// Sends batches one after the other over one connection, each until it has its receipt.
actor BatchSender {
    /// How often a batch is sent before it is given up.
    private static let attempts = 100
    /// How long to wait before the next attempt where the cloud does not say.
    private static let usualWait = Duration.milliseconds(200)

    private let site: LoadSite
    private let batches: PreparedBatches
    private let report: LoadReport
    private let keepsConnection: Bool
    private var connection: CloudConnection?

    init(site: LoadSite, batches: PreparedBatches, report: LoadReport, keepsConnection: Bool = true) {
        (self.site, self.batches, self.report) = (site, batches, report)
        self.keepsConnection = keepsConnection
    }

    /// Sends a batch whose moment was `due`.
    func send(_ number: Int, due: ContinuousClock.Instant) async throws {
        let entry = batches.entries[number]
        let file = try batches.file(of: entry)
        for _ in 0..<Self.attempts {
            let wait: Duration
            do {
                let answer = try await exchange(entry.path, file)
                report.noteAnswer(answer.status)
                if answer.endsConnection || !keepsConnection { await close() }
                if answer.status == 200 {
                    try check(answer, entry)
                    report.noteReceipt(events: entry.events, bytes: entry.byteCount, due.duration(to: .now))
                    return
                }
                wait = answer.retryAfterSeconds.map { .seconds($0) } ?? Self.usualWait
            } catch let error as LoadError {
                guard case .cut = error else { throw error }
                report.noteCut()
                connection = nil
                wait = Self.usualWait
            }
            try await Task.sleep(for: wait)
        }
        report.noteGivenUp()
    }

    /// Ends the connection.
    func close() async {
        await connection?.close()
        connection = nil
    }

    private func exchange(_ path: String, _ file: [UInt8]) async throws -> CloudConnection.Answer {
        if connection == nil { connection = try await site.connect() }
        guard let connection else { throw LoadError.cut }
        return try await connection.send(.PUT, path, [("content-type", MediaType.batch)], file)
    }

    private func check(_ answer: CloudConnection.Answer, _ entry: PreparedBatches.Entry) throws {
        let receipt = try Receipt(signed: answer.body, key: site.receiptKey)
        let path = Endpoint.batch(device: receipt.device, epoch: receipt.epoch, sequence: receipt.sequence)
        guard path == entry.path, receipt.manifestSHA256 == entry.manifestSHA256 else {
            throw LoadError.foreignReceipt(path: entry.path)
        }
    }
}
