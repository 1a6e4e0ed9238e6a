import ObjectStore

/// The files below the configured state folder.
///
///     fleet.sqlite                        devices, invitations, models: what the fleet is
///     warehouse.sqlite                    the ledger and the tables: can be rebuilt from raw/
///     raw/                                the batches as they came
///     devices/{device}.json               what is recorded of each device beside its batches
///     forgotten/{subject}/{digest}.json   that somebody is forgotten, without saying who
///     expired.json                        up to which day raw batches were removed
///     backup/                             backups of the databases and the models
///     lake/                               the tables as Parquet
///     quarantine/                         batches that contradict one that was merged
///     models/{stream}/{version}.model     sealed model artifacts
public struct StateFolder: Sendable {
    /// The folder itself.
    public let path: String
    /// What keeps whole files below it.
    public let files: DirectoryObjectStore

    /// The folder at `path`, which is made where it is missing.
    public init(_ path: String) throws(ObjectStoreError) {
        self.path = path
        files = try DirectoryObjectStore(root: path)
    }

    /// The names of the databases.
    static let (warehouseName, fleetName) = ("warehouse.sqlite", "fleet.sqlite")

    /// The fleet's database.
    public var fleet: String { "\(path)/\(Self.fleetName)" }

    /// The warehouse's file below the state folder at `path`.
    static func warehouse(in path: String) -> String { "\(path)/\(warehouseName)" }

    /// The key of a model's file.
    public static func modelKey(stream: String, version: Int64) -> String {
        "models/\(stream)/\(version).model"
    }
}
