import Glibc

/// A folder of its own, removed with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/waystation-cloud-tests-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure.cannotMake }
        path = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        _ = system("rm -rf '\(path)'")
    }

    /// Writes a text into the file of that name and returns its path.
    @discardableResult func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        guard let stream = fopen(file, "w") else { throw Failure.cannotMake }
        defer { fclose(stream) }
        guard fputs(text, stream) >= 0 else { throw Failure.cannotMake }
        return file
    }

    enum Failure: Error {
        case cannotMake
    }
}
