import CMalloc

/// How this process gets its memory from the system.
enum ProcessMemory {
    /// The usual size of a large block: what a batch needs.
    private static let largeBlockBytes: Int32 = 1 << 20
    /// The largest block that glibc can keep.
    private static let keptBlockBytes: Int32 = 32 << 20
    /// The heaps that threads share, each with gaps of its own.
    private static let heaps: Int32 = 4

    /// What a batch needs is taken by one thread and freed by another. glibc would keep such blocks in a heap for each
    /// thread, and after a flood hold several times what is in use.
    ///
    /// - Parameter largeBlockBytes: blocks from this size on go back to the system as soon as they are free; to get one takes
    ///   longer.
    static func configure(largeBlockBytes: Int32 = largeBlockBytes) {
        mallopt(M_MMAP_THRESHOLD, largeBlockBytes)
        mallopt(M_ARENA_MAX, heaps)
    }

    /// For work whose large blocks are taken again as soon as they are free: the process keeps them.
    static func keepLargeBlocks() {
        mallopt(M_MMAP_THRESHOLD, keptBlockBytes)
        mallopt(M_TRIM_THRESHOLD, Int32.max)
    }
}
