/// The layouts that a warehouse's own tables have had.
///
/// | table         | a row is                                                                                   |
/// |---------------|--------------------------------------------------------------------------------------------|
/// | `streams`     | a stream and the mapping it was made with                                                  |
/// | `ledger`      | a merged batch: its identity, its manifest, what was received, the commit that merged it   |
/// | `live_counts` | a counter: of a stream, by a measure and a value                                           |
/// | `changed_days`| a day (`UTCDays`) of a table of events, or a table of things under day 0: the last commit  |
/// |               | that may have changed its rows; what no commit since layout 2 has changed is not in it     |
/// | `forgotten`   | a subject that was forgotten: its digest, and the key that the digest was made with        |
/// | a plan's own  | see `TableSchema`                                                                          |
///
/// A warehouse says which layout it has (SQLite: `user_version`; PostgreSQL: table `layout`). A new one goes through all
/// steps, an older one through those that it lacks; a newer one is refused. A step that was released is never changed.
struct WarehouseLayout: Sendable {
    /// What leads to a layout from the one before.
    struct Step: Sendable {
        /// What it does, for the operator who waits for it.
        let name: String
        /// The statements, run in one transaction.
        let statements: @Sendable (SQLDialect) -> [String]
    }

    /// The layout of this program.
    static let current = WarehouseLayout(steps: [
        Step(name: "streams, ledger and counters", statements: firstTables),
        Step(name: "changed days", statements: changedDays),
        Step(name: "forgotten subjects", statements: forgotten),
    ])

    /// The step at place 0 leads to layout 1.
    let steps: [Step]

    /// The number of the layout after all steps.
    var number: Int64 { Int64(steps.count) }

    /// The steps that a warehouse of an older layout lacks, each with the number of the layout that it leads to.
    func steps(after number: Int64) -> [(number: Int64, step: Step)] {
        zip(1..., steps).filter { $0.0 > number }.map { (Int64($0.0), $0.1) }
    }

    private static func firstTables(_ sql: SQLDialect) -> [String] {
        let (integer, text, bytes) = (sql.integer, sql.text, sql.bytes)
        return [
            """
            CREATE TABLE "streams" ("name" \(text) NOT NULL PRIMARY KEY, "mapping" \(text) NOT NULL)\(sql.keyedStrict)
            """,
            """
            CREATE TABLE "ledger" ("id" \(sql.numberedKey), "device" \(text) NOT NULL, "epoch" \(integer) NOT NULL, \
            "sequence" \(integer) NOT NULL, "stream" \(text) NOT NULL, "manifest_sha256" \(bytes) NOT NULL, \
            "manifest" \(text) NOT NULL, "events" \(integer) NOT NULL, "malformed" \(integer) NOT NULL, \
            "received_ms" \(integer) NOT NULL, "raw_key" \(text) NOT NULL, "backlog_batches" \(integer) NOT NULL, \
            "backlog_bytes" \(integer) NOT NULL, "watermark" \(integer) NOT NULL, \
            UNIQUE ("device", "epoch", "sequence"))\(sql.strict)
            """,
            """
            CREATE INDEX "ledger_device" ON "ledger" ("device"\(sql.thenNumber))
            """,
            """
            CREATE TABLE "live_counts" ("stream" \(text) NOT NULL, "measure" \(text) NOT NULL, "value" \(text) NOT NULL, \
            "label" \(text), "count" \(integer) NOT NULL, PRIMARY KEY ("stream", "measure", "value"))\(sql.keyedStrict)
            """,
        ]
    }

    private static func changedDays(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE "changed_days" ("table_name" \(sql.text) NOT NULL, "day" \(sql.integer) NOT NULL, \
            "watermark" \(sql.integer) NOT NULL, PRIMARY KEY ("table_name", "day"))\(sql.keyedStrict)
            """
        ]
    }

    private static func forgotten(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE "forgotten" ("subject" \(sql.text) NOT NULL, "key" \(sql.bytes) NOT NULL, \
            "digest" \(sql.bytes) NOT NULL, PRIMARY KEY ("subject", "key", "digest"))\(sql.keyedStrict)
            """
        ]
    }
}
