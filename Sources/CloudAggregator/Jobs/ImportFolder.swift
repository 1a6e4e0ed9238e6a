import Glibc

/// A folder with batches as files, as `waystation-edge export` writes them: what ends in `.batch`, whatever it is called.
struct ImportFolder {
    /// The files there may be.
    static let maximumFiles = 1_000_000
    private static let suffix = ".batch"

    /// The folder's path.
    let path: String
    /// The names of the files, those of one device in the order of their sealing.
    let names: [String]

    /// Reads the folder at `path`.
    init(_ path: String) throws(CloudError) {
        self.path = path
        guard let directory = opendir(path) else { throw Self.failure(path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Some systems leave files of their own beside others, with a dot in front.
            guard name.hasSuffix(Self.suffix), !name.hasPrefix(".") else { continue }
            names.append(name)
            guard names.count <= Self.maximumFiles else {
                throw .system(operation: "import", path: path, reason: "more than \(Self.maximumFiles) files in it")
            }
        }
        // Numbers without leading zeros: a shorter name of one device is an earlier one.
        self.names = names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    /// The bytes of a file.
    func read(_ name: String) throws(CloudError) -> [UInt8] {
        try SmallFile.read("\(path)/\(name)")
    }

    private static func failure(_ path: String) -> CloudError {
        .system(operation: "open the folder", path: path, reason: String(cString: strerror(errno)))
    }
}
