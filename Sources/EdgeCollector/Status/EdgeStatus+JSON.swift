import JSON

extension EdgeStatus {
    /// The status for programs, in one line; `waystation-edge status --json` prints it.
    ///
    /// Every key is there always. Times are milliseconds since 1970; what is not known is null. Keys may be added, those
    /// that are here stay as they are:
    ///
    ///     device, name, fleet, cloud   texts, null before the enrolment
    ///     running                      whether a process holds the state directory
    ///     holding                      whether what the cloud takes at once stays in memory (durability = when-offline):
    ///                                  the figures are up to two minutes old then
    ///     epoch, sequence              the epoch batches are sealed under, null while there is none, and the last
    ///                                  sequence in it
    ///     backlog                      {batches, bytes} that wait for their receipt
    ///     sealed, acknowledged         batches since the spool was made
    ///     dead_letters                 messages and batches that are kept aside
    ///     last_contact_ms              when the cloud last answered
    ///     last_error                   null, or {at_ms, text}: what went wrong with the cloud since
    ///     streams                      of each: {stream, events, malformed, put_aside, last_event_ms, resume_ms,
    ///                                  model_version, rejected_models: [{version, reason}]}
    public func json() throws -> JSONValue {
        let enrolment = try Enrolment.load(from: state)
        let database = try enrolment == nil ? nil : database()
        let report = try database.map { try EdgeReport($0, state: state) }
        let error: JSONValue =
            report?.error.map { ["at_ms": Self.number(report?.errorMilliseconds), "text": .string($0)] } ?? .null
        return [
            "device": Self.text(enrolment?.grant.device), "name": Self.text(enrolment?.name),
            "fleet": Self.text(enrolment?.grant.fleet), "cloud": Self.text(enrolment?.cloud.description),
            "running": .boolean(isRunning), "holding": .boolean(isRunning && report?.isHolding == true),
            "epoch": Self.number(report?.epoch),
            "sequence": .integer(report?.sequence ?? 0),
            "backlog": [
                "batches": .integer(report?.backlogBatches ?? 0), "bytes": .integer(report?.backlogBytes ?? 0),
            ],
            "sealed": .integer(report?.sealed ?? 0), "acknowledged": .integer(report?.acknowledged ?? 0),
            "dead_letters": .integer(report?.deadLetters ?? 0),
            "last_contact_ms": Self.number(report?.contactMilliseconds), "last_error": error,
            "streams": .array(report?.streams.map(Self.json) ?? []),
        ]
    }

    private static func json(_ stream: EdgeReport.Stream) -> JSONValue {
        let rejected: [JSONValue] = stream.rejected.map {
            ["version": .integer($0.version), "reason": .string($0.reason)]
        }
        return [
            "stream": .string(stream.name), "events": .integer(stream.events), "malformed": .integer(stream.malformed),
            "put_aside": .integer(stream.setAside), "last_event_ms": number(stream.lastEventMilliseconds),
            "resume_ms": number(stream.resumeMilliseconds), "model_version": number(stream.modelVersion),
            "rejected_models": .array(rejected),
        ]
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func number(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
}
