import ConfigurationFile
import Lake
import ObjectStore

extension CloudConfiguration {
    /// Section `[lake]`.
    public struct LakePlace: Hashable, Sendable {
        /// A directory or a bucket of its own, or `lake/` where the raw batches are.
        public var store: StoreConfiguration
        /// The directory of its own; nil for `lake` below the state folder.
        public var folder: String?
        /// How long superseded files stay for readers that have begun.
        public var grace: Duration

        init(_ reader: ConfigurationReader) {
            store = StoreConfiguration(reader, section: "lake", other: "raw")
            folder = reader.path("lake", "folder")
            grace = reader.duration("lake", "grace", default: .zero, in: .zero ... .seconds(7 * 86_400))
            if folder != nil, store.isOther || store.bucket != nil {
                reader.reject("lake", "folder", wanted: "left out, or 'store = directory' beside it")
            }
        }
    }

    /// The lake, with a scratch folder that is empty.
    func lake(scratch: ScratchFolder) throws -> Lake {
        let (store, prefix) = try lake.store.isOther ? (objects(), "lake/") : (ownLakeStore(), "")
        return Lake(
            in: store, prefix: prefix, fleet: fleet, graceMilliseconds: Int64(lake.grace / .milliseconds(1)),
            scratch: scratch.path)
    }

    /// Finds the place of the lake usable, as far as it is not that of the raw batches; nil where it is.
    func checkLake() throws -> String? {
        try lake.store.isOther ? nil : lake.store.check(directory: ownLakeFolder)
    }

    private func ownLakeStore() throws -> any ObjectStore {
        try lake.store.open(directory: ownLakeFolder)
    }

    private func ownLakeFolder() throws -> any ObjectStore {
        try DirectoryObjectStore(root: lake.folder ?? "\(state)/lake")
    }
}
