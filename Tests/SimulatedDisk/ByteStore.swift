import Glibc

/// Bytes that grow and shrink; memory of its own, because an array of an unoptimised build is far too slow for a disk.
final class ByteStore {
    private(set) var start: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 4096) {
        self.capacity = max(capacity, 64)
        start = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit {
        start.deallocate()
    }

    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).baseAddress?.copyMemory(from: start, byteCount: count)
            filled = count
        }
    }

    func copy() -> ByteStore {
        let other = ByteStore(capacity: count)
        other.write(start, count, at: 0)
        return other
    }

    /// Sets the size; what is new is zero.
    func resize(_ size: Int) {
        if size > capacity {
            let larger = UnsafeMutableRawPointer.allocate(byteCount: max(size, capacity * 2), alignment: 8)
            larger.copyMemory(from: start, byteCount: count)
            start.deallocate()
            (start, capacity) = (larger, max(size, capacity * 2))
        }
        if size > count { memset(start + count, 0, size - count) }
        count = size
    }

    func write(_ source: UnsafeRawPointer, _ length: Int, at offset: Int) {
        guard length > 0 else { return }
        if offset + length > count { resize(offset + length) }
        (start + offset).copyMemory(from: source, byteCount: length)
    }

    /// Copies as much as there is from `offset` on; returns how much that was.
    func read(into target: UnsafeMutableRawPointer, _ length: Int, at offset: Int) -> Int {
        let available = max(0, min(length, count - offset))
        if available > 0 { target.copyMemory(from: start + offset, byteCount: available) }
        return available
    }
}
