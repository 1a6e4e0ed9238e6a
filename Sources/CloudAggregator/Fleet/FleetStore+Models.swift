import SQLite

extension FleetStore {
    private static let modelColumns = """
        stream, version, trained_ms, published_ms, watermark, events, progressive_log_loss, base_rate_log_loss,
        objection, compared_with, manifest, manifest_sha256
        """

    /// All models, by stream and version.
    public func models() throws(SQLiteError) -> [FleetModel] {
        try database.statement("SELECT \(Self.modelColumns) FROM models ORDER BY stream, version")
            .rows().map(Self.publication)
    }

    /// The models of a stream, by version.
    public func models(of stream: String) throws(SQLiteError) -> [FleetModel] {
        try database.statement("SELECT \(Self.modelColumns) FROM models WHERE stream = ? ORDER BY version")
            .rows([.text(stream)]).map(Self.publication)
    }

    /// The published model of the greatest version.
    public func publishedModel(of stream: String) throws(SQLiteError) -> FleetModel? {
        try models(of: stream).last { $0.publishedMilliseconds != nil }
    }

    /// Keeps what a training made.
    func add(candidate: FleetModel) throws(SQLiteError) {
        var objection: String?
        if case .keep(let reason) = candidate.verdict { objection = reason }
        try database.statement("INSERT INTO models VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, x'', x'')").run([
            .text(candidate.stream), .integer(candidate.version), .integer(candidate.trainedMilliseconds),
            .integer(candidate.watermark), .integer(candidate.events), .real(candidate.progressiveLogLoss),
            .real(candidate.baseRateLogLoss), SQLiteValue(objection), .integer(candidate.comparedWith),
        ])
    }

    /// Makes a model the current one of its stream, under a signed manifest.
    func publish(_ model: FleetModel) throws(SQLiteError) {
        try database.statement(
            """
            UPDATE models SET published_ms = ?, manifest = ?, manifest_sha256 = ? WHERE stream = ? AND version = ?
            """
        ).run([
            SQLiteValue(model.publishedMilliseconds), .blob(model.manifest), .blob(model.manifestSHA256),
            .text(model.stream), .integer(model.version),
        ])
    }

    private static func publication(_ row: [SQLiteValue]) -> FleetModel {
        FleetModel(
            stream: row[0].text ?? "", version: row[1].integer ?? 0, trainedMilliseconds: row[2].integer ?? 0,
            publishedMilliseconds: row[3].integer, watermark: row[4].integer ?? 0, events: row[5].integer ?? 0,
            progressiveLogLoss: row[6].real ?? .nan, baseRateLogLoss: row[7].real ?? .nan,
            verdict: row[8].text.map { .keep($0) } ?? .publish, comparedWith: row[9].integer ?? 0,
            manifest: row[10].blob ?? [], manifestSHA256: row[11].blob ?? [])
    }
}
