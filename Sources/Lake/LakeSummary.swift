/// What the renewal of a lake has come to.
public struct LakeSummary: Hashable, Sendable, CustomStringConvertible {
    /// Where the lake is.
    public var place: String
    /// The last commit of the warehouse that is in it; nil where no warehouse was asked.
    public var watermark: Int64?
    /// All its tables.
    public var tables: Int
    /// All its rows.
    public var rows: Int64
    /// All its files.
    public var files: Int
    /// All their bytes.
    public var byteCount: Int64
    /// The files that are new.
    public var written: Int
    /// The files that were removed: superseded ones, and what runs that were cut off had left.
    public var removed: Int

    /// A line for an operator.
    public var description: String {
        let mark = watermark.map { "; watermark \($0)" } ?? ""
        return "lake in \(place): \(tables) tables, \(rows) rows, \(files) files, \(byteCount) bytes\(mark); "
            + "\(written) files written, \(removed) removed"
    }
}
