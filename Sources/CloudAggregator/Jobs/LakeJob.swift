import Lake
import ObjectStore
import Warehouse

/// Writes the tables as files of Parquet, whether or not the server runs.
public struct LakeJob {
    private let configuration: CloudConfiguration
    private let warehouse: any Warehouse
    private let state: StateFolder

    /// Opens the warehouse.
    public init(_ configuration: CloudConfiguration) throws {
        self.configuration = configuration
        warehouse = try configuration.readWarehouse()
        state = try StateFolder(configuration.state)
    }

    /// Brings the lake up to date.
    ///
    /// - Parameters:
    ///   - isFull: writes all anew, instead of what has changed since the last time.
    ///   - progress: told from time to time how far it has come.
    public func run(
        isFull: Bool, clock: WallClock = .system, progress: @Sendable (LakeProgress) -> Void = { _ in }
    ) throws -> LakeSummary {
        // One at a time: the folder is locked.
        let scratch = try ScratchFolder(state.path + "/lake.tmp")
        return try configuration.lake(scratch: scratch).renew(
            from: warehouse, isFull: isFull, now: clock.milliseconds, progress: progress)
    }
}
