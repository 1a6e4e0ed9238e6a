import StreamDefinition
import Warehouse

/// Forgets a person: removes all rows that are theirs, and keeps them out of the tables for good.
///
/// The record beside the raw batches comes first, so that a rebuild after a kill forgets too; then one transaction of
/// the warehouse. The server may run meanwhile.
public struct ForgetJob {
    /// What was done.
    public struct Summary: CustomStringConvertible, Sendable {
        /// Of what kind the subject is.
        public let subject: String
        /// The rows removed.
        public let rows: Int64

        /// Lines for an operator.
        public var description: String {
            """
            forgotten: \(rows) rows removed, and later messages of that \(subject) are left out of the tables
            What is kept: the raw batches as the devices signed them ('waystation-cloud expire' removes old ones), backups, \
            models, and counters of what came in. 'waystation-cloud etl' renews the lake.

            """
        }
    }

    private let plans: [StreamPlan]
    private let location: WarehouseLocation
    private let records: ForgottenRecords

    /// Reads what it needs of the configuration.
    public init(_ configuration: CloudConfiguration) throws {
        plans = try configuration.plans()
        location = try configuration.warehouse
        records = try ForgottenRecords(
            store: configuration.objects(), key: KeyRing.receiptKey(configuration))
    }

    /// Forgets the subject of that kind whom messages call `value`.
    public func forget(_ subject: String, _ value: String, clock: WallClock = .system) throws -> Summary {
        let known = plans.compactMap { $0.subject?.name }
        guard known.contains(subject) else {
            throw CloudError.noSuchSubject(subject, known: Array(Set(known)).sorted())
        }
        let digest = records.hasher.digest(of: try canonical(value, subject), subject)
        try records.keep(
            ForgottenRecord(subject: subject, digest: digest, forgottenMilliseconds: clock.milliseconds))
        let warehouse = try location.open(plans, access: .readWrite)
        return Summary(subject: subject, rows: try warehouse.forget([digest], subject, hasher: records.hasher))
    }

    /// The value as the tables have it: where none of them holds texts it must be a whole number.
    private func canonical(_ value: String, _ subject: String) throws -> String {
        let types = plans.filter { $0.subject?.name == subject }.flatMap { plan in
            plan.tables.compactMap { plan.subjectColumn(of: $0)?.type }
        }
        guard !types.contains(.text) else { return value }
        guard let number = Int64(value) else {
            throw CloudError.invalidArgument(name: "the \(subject)", value: value, wanted: "a whole number")
        }
        return String(number)
    }
}
