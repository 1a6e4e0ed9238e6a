import ConfigurationFile
import Lake
import ObjectStore

extension CloudConfiguration {
    /// Section `[lake]`.
    public struct LakePlace: Hashable, Sendable {
        /// A folder of its own; nil for `lake/` where the raw batches are.
        public var folder: String?
        /// How long superseded files stay for readers that have begun.
        public var grace: Duration

        init(_ reader: ConfigurationReader) {
            folder = reader.path("lake", "folder")
            grace = reader.duration("lake", "grace", default: .zero, in: .zero ... .seconds(7 * 86_400))
        }
    }

    /// The lake, with a scratch folder that is empty.
    func lake(scratch: ScratchFolder) throws -> Lake {
        let own = try lake.folder.map { try DirectoryObjectStore(root: $0) }
        return Lake(
            in: try own ?? objects(), prefix: own == nil ? "lake/" : "", fleet: fleet,
            graceMilliseconds: Int64(lake.grace / .milliseconds(1)), scratch: scratch.path)
    }
}
