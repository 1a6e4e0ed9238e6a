import StreamDefinition

/// Where the merged streams are: tables in third normal form, the ledger of what was merged, live counters.
///
/// What a warehouse holds is a function of the set of messages merged, whatever their order, repetition and batching, and
/// whatever its engine: equal sets give equal digests. Not for use from two threads at a time; any number may be open on
/// the same tables, also in other processes: each merge is a transaction that waits for others, and nothing is remembered
/// between two. All calls block.
public protocol Warehouse: AnyObject {
    /// The streams it holds.
    var plans: [StreamPlan] { get }

    /// Merges batches in one transaction that is durable on return: ledger, rows, counters and watermark, or nothing.
    ///
    /// A batch whose identity was merged before changes nothing.
    func merge(_ group: BatchGroup) throws -> MergeReport

    /// The number of the last commit that merged something, 0 before the first.
    var watermark: Int64 { get throws }

    /// The batch of that identity, where it was merged.
    func ledgerEntry(device: String, epoch: Int64, sequence: Int64) throws -> LedgerEntry?

    /// The newest batch of each device, in the order of the devices; its backlog is what the last merged one has told.
    func latestEntries() throws -> [LedgerEntry]

    /// Hands all batches of the ledger to `body`, in the order of device, epoch and sequence.
    func forEachLedgerEntry(_ body: (LedgerEntry) throws -> Void) throws

    /// Adds the gaps that the manifests entered since `tally` was brought up to date last declare.
    func addGaps(to tally: inout GapTally) throws

    /// The counters of a stream; of regions and categories the `top` greatest.
    func counters(stream: String, top: Int) throws -> LiveCounters

    /// Whether anybody has committed something since this was last asked: this program or another one.
    func hasChanged() throws -> Bool

    /// Hands each row of a statement to `body`, one after the other, never all in memory. In `body` other statements may be
    /// run, of other text.
    ///
    /// - Parameters:
    ///   - sql: one SELECT in the words that all engines share; parameters are `$1`, `$2` and so on, in the order in which
    ///     they first appear, and texts are compared by their bytes.
    ///   - body: reads the row by column position, and not afterwards.
    func forEachRow(
        _ sql: String, _ parameters: [WarehouseValue], _ body: (any WarehouseRow) throws -> Void
    ) throws

    /// Runs `body` in one transaction that is durable on return, or not at all; what is read meanwhile is of one state.
    ///
    /// - Parameter body: changes the tables by statements in the words that all engines share, see `forEachRow`; each gives
    ///   back how many rows it has changed.
    func change(
        _ body: (_ run: (_ sql: String, _ parameters: [WarehouseValue]) throws -> Int64) throws -> Void
    ) throws

    /// Runs `body`, all of whose reading sees one state of the tables, whatever others commit meanwhile.
    func snapshot<Result>(_ body: () throws -> Result) throws -> Result

    /// Runs one SELECT that somebody wrote, on a connection of its own that can only read.
    func query(_ sql: String, within limits: QueryLimits) throws -> QueryResult
}

extension Warehouse {
    /// Merges batches in one transaction, see `merge`.
    public func merge(_ contributions: [BatchContribution]) throws -> MergeReport {
        try merge(BatchGroup(contributions))
    }

    /// Runs one SELECT that somebody wrote, on a connection of its own that can only read.
    ///
    /// - Parameters:
    ///   - rowLimit: the rows given back; whether there are more is said.
    ///   - timeLimit: how long it may take.
    public func query(
        _ sql: String, rowLimit: Int = QueryLimits().rows, timeLimit: Duration = QueryLimits().time
    ) throws -> QueryResult {
        try query(sql, within: QueryLimits(rows: rowLimit, time: timeLimit))
    }

    /// The counters of a stream; of regions and categories the 20 greatest.
    public func counters(stream: String) throws -> LiveCounters {
        try counters(stream: stream, top: 20)
    }

    /// Hands each row of a table to `body`: the columns of the plan, in their order; the rows in none.
    public func forEachRow(of table: TablePlan, _ body: (any WarehouseRow) throws -> Void) throws {
        let columns = TableSchema.list(table.columns.map(\.name))
        try forEachRow("SELECT \(columns) FROM \(TableSchema.quoted(table.name))", [], body)
    }

    /// The rows of a table.
    public func rowCount(of table: TablePlan) throws -> Int64 {
        var count: Int64 = 0
        try forEachRow("SELECT count(*) FROM \(TableSchema.quoted(table.name))", []) { count = $0.integer(0) }
        return count
    }
}
