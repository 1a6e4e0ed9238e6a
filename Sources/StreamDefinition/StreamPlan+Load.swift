import Glibc

extension StreamPlan {
    /// The largest stream file that is read, in bytes.
    public static let maximumFileBytes = 1 << 20

    /// Reads the stream file at `path`.
    public static func load(file path: String) throws(StreamDefinitionError) -> StreamPlan {
        try StreamPlan(json: try bytes(of: path), source: path)
    }

    /// Reads all `*.json` of a folder, in the order of their names. Two of the same stream are an error.
    public static func load(directory path: String) throws(StreamDefinitionError) -> [StreamPlan] {
        var plans: [StreamPlan] = []
        for file in try names(in: path).filter({ $0.hasSuffix(".json") }).sorted() {
            let plan = try load(file: "\(path)/\(file)")
            if plans.contains(where: { $0.name == plan.name }) {
                let fault = StreamDefinitionError.Fault(
                    path: "stream", reason: "another file defines '\(plan.name)' too")
                throw .invalid(file: "\(path)/\(file)", faults: [fault])
            }
            plans.append(plan)
        }
        if plans.isEmpty { throw .unreadable(file: path, reason: "there is no stream file (*.json) in it") }
        return plans
    }

    private static func names(in path: String) throws(StreamDefinitionError) -> [String] {
        guard let folder = opendir(path) else {
            throw .unreadable(file: path, reason: String(cString: strerror(errno)))
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
                })
        }
        return names
    }

    private static func bytes(of path: String) throws(StreamDefinitionError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(file: path, reason: String(cString: strerror(errno))) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumFileBytes else {
                throw .unreadable(file: path, reason: "it is larger than \(maximumFileBytes) bytes")
            }
        }
    }
}
