import ObjectStore
import Warehouse

/// Where the files of a lake are.
///
///     {prefix}manifest.json                                   see `LakeManifest`
///     {prefix}venues/part-{run}-{number}.parquet              a table of things
///     {prefix}rsvps/dt=2015-03-08/part-{run}-{number}.parquet a day of a table of events, as Hive divides tables
///
/// `{run}` are 16 random digits: no two runs write the same file, and no file is ever written twice. Rows whose time is in
/// no calendar are in `dt=__HIVE_DEFAULT_PARTITION__`, which all readers take for null.
struct LakeLayout: Sendable {
    private static let manifestName = "manifest.json"
    private static let folderOfNoDay = "__HIVE_DEFAULT_PARTITION__"
    private static let runDigits = 16

    /// What all keys begin with: empty, or a folder and its slash.
    let prefix: String

    var manifestKey: String { prefix + Self.manifestName }

    func key(of path: String) -> String { prefix + path }

    /// The path of a key; nil for one that is not in the lake.
    func path(of key: String) -> String? {
        key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }

    /// The digits of a run.
    static func newRun() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: runDigits - digits.count) + digits
    }

    /// The path of a file; `partition` is nil where the table is not divided.
    static func path(table: String, partition: String?, run: String, number: Int) -> String {
        let folder = partition.map { "\(table)/dt=\($0)" } ?? table
        return "\(folder)/part-\(run)-\(number).parquet"
    }

    /// What stands for a day in paths.
    static func partition(of day: Int64) -> String {
        guard day != UTCDays.none else { return folderOfNoDay }
        return CalendarDate(milliseconds: day * UTCDays.milliseconds).description
    }

    /// Whether a path is one that `path` has made, in this run or an earlier one.
    static func isData(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last, name.hasPrefix("part-"), name.hasSuffix(".parquet") else {
            return false
        }
        let parts = name.dropFirst("part-".count).dropLast(".parquet".count).split(separator: "-")
        return parts.count == 2 && parts[0].utf8.count == runDigits && parts[0].allSatisfy(\.isHexDigit)
            && parts[1].allSatisfy(\.isWholeNumber)
    }
}
