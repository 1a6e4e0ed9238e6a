import Parquet

/// What a lake holds: the object `manifest.json`, replaced as a whole when all that it names is there.
///
/// A reader that takes the files from it sees one state of all tables. The JSON form has these members: `version` (1),
/// `fleet`, `created_ms`, `watermark` (the last commit of the warehouse that is in the files; 0 where none was asked),
/// `ledger_sha256` (see `LedgerMark`), `tables` and `superseded`. A table has `name`, `stream`, `columns` (`name`, `type`,
/// `nullable`), `time` and `unit` (of a table of events: the column that says which day a row is of, and what it counts in),
/// `rows` and `files`. A file has `path` (from the manifest's own folder), `dt` (of a table of events: the day), `rows`,
/// `bytes` and `sha256`. In `superseded` is, with `path` and `since_ms`, what no table has any more and is left for readers
/// that have begun.
public struct LakeManifest: Hashable, Sendable {
    /// A table and its files.
    public struct Table: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The stream that gives its rows.
        public var stream: String
        /// Its columns, without `dt`.
        public var columns: [ParquetColumn]
        /// What it is divided by; nil for a table of things.
        public var division: Division?
        /// Its files, in the order of the days.
        public var files: [File]

        /// Its rows.
        public var rows: Int64 { files.reduce(0) { $0 + $1.rows } }
    }

    /// How a table of events is divided by days.
    public struct Division: Hashable, Sendable {
        /// The column of the time.
        public var column: String
        /// What the time counts in.
        public var unit: String
    }

    /// A file of Parquet.
    public struct File: Hashable, Sendable {
        /// Where it is, from the manifest's folder.
        public var path: String
        /// The day; nil in a table of things.
        public var partition: String?
        /// Its rows.
        public var rows: Int64
        /// Its length.
        public var byteCount: Int64
        /// Its SHA-256, in hexadecimal.
        public var sha256: String
    }

    /// A file that no table has any more.
    public struct Superseded: Hashable, Sendable {
        /// Where it is, from the manifest's folder.
        public var path: String
        /// Since when, in milliseconds since 1970.
        public var sinceMilliseconds: Int64
    }

    /// The fleet.
    public var fleet: String
    /// When it was written, in milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Up to where the warehouse is in the files.
    public var mark: LedgerMark
    /// The tables of all streams.
    public var tables: [Table]
    /// What is left for readers that have begun.
    public var superseded: [Superseded]

    /// Whether `other` says the same, whenever it was written.
    func isSame(as other: LakeManifest) -> Bool {
        var copy = self
        copy.createdMilliseconds = other.createdMilliseconds
        return copy == other
    }

    /// The manifest without the tables that lack a file among those there are, given their lengths by their paths.
    func keepingTables(in files: [String: Int64]) -> LakeManifest {
        var copy = self
        copy.tables.removeAll { table in table.files.contains { files[$0.path] != $0.byteCount } }
        return copy
    }

    /// The paths of all files, superseded ones included.
    var paths: Set<String> {
        Set(tables.flatMap(\.files).map(\.path) + superseded.map(\.path))
    }
}
