/// Bytes that wait to be sent, taken from the front in pieces.
struct SendQueue {
    /// Above this the memory is given back when the queue is empty.
    private static let keptCapacity = 64 * 1024

    private var bytes: [UInt8] = []
    private var start = 0

    /// How many bytes wait.
    var count: Int { bytes.count - start }
    /// Whether none wait.
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [UInt8]) {
        append { $0 += more }
    }

    mutating func append(_ write: (inout [UInt8]) -> Void) {
        if start > Self.keptCapacity, start > count {
            bytes.removeFirst(start)
            start = 0
        }
        write(&bytes)
    }

    /// Moves as many bytes as fit into `target` and returns how many.
    mutating func take(into target: UnsafeMutableRawBufferPointer) -> Int {
        let taken = min(count, target.count)
        bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + taken])) }
        start += taken
        if start == bytes.count {
            if bytes.capacity > Self.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
            start = 0
        }
        return taken
    }
}
