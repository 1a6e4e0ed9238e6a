import Glibc

/// Lines in a nameless file: written one behind the other, then read in the same order.
final class SortedRun {
    /// The line that reading stands at; nil before it begins and behind the last one.
    private(set) var line: [UInt8]?

    private let file: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    init() throws(WarehouseError) {
        guard let file = tmpfile() else { throw Self.failure("make") }
        self.file = file
    }

    deinit {
        fclose(file)
        free(buffer)
    }

    /// Writes a line, its line feed included.
    func append(_ line: ArraySlice<UInt8>) throws(WarehouseError) {
        let written = line.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        guard written == line.count else { throw Self.failure("write") }
    }

    /// Ends writing; reading stands at the first line.
    func rewind() throws(WarehouseError) {
        guard fseek(file, 0, SEEK_SET) == 0 else { throw Self.failure("read") }
        try advance()
    }

    /// Goes to the next line.
    func advance() throws(WarehouseError) {
        let count = getline(&buffer, &capacity, file)
        guard count > 0, let buffer else {
            guard ferror(file) == 0 else { throw Self.failure("read") }
            line = nil
            return
        }
        line = Array(UnsafeRawBufferPointer(start: buffer, count: count))
    }

    private static func failure(_ operation: String) -> WarehouseError {
        .sorting(operation: operation, reason: String(cString: strerror(errno)))
    }
}
