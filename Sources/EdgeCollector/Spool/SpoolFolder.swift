/// The folder a spool's files lie in, and the file system SQLite finds them on: `StateDirectory`, or a simulated disk.
public protocol SpoolFolder {
    /// The name of SQLite's file system (`sqlite3_vfs`); nil for the machine's own.
    var fileSystem: String? { get }

    /// The path of the file of that name.
    func path(of name: String) -> String
    /// The length of a file; nil where there is none.
    func byteCount(of name: String) -> Int?
    /// The bytes of a file from `offset` on, at most `limit`; nil where there is no such file.
    func read(_ name: String, from offset: Int, limit: Int) throws(EdgeError) -> [UInt8]?
    /// Writes a new file, safe against a power cut; false where one of that name is there already.
    func create(_ name: String, _ bytes: [UInt8]) throws(EdgeError) -> Bool
    /// Deletes a file, if there is one.
    func remove(_ name: String) throws(EdgeError)
    /// Gives a file another name; safe against a power cut after `synchronize`.
    func rename(_ name: String, to other: String) throws(EdgeError)
    /// Flushes the folder itself, so that new names in it survive a power cut.
    func synchronize() throws(EdgeError)
}
