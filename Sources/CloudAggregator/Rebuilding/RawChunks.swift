import BatchFormat
import ObjectStore
import RawStore

/// Divides the raw batches, as they are listed, into those that are folded together.
///
/// Of batches that share an identity, under another day or stream, only the first that can be taken counts. Which that is, is
/// known once it is merged: the later ones come at the end, each alone.
struct RawChunks {
    /// A page of the raw batches.
    struct Page: Sendable {
        /// Those whose identity is not merged.
        var missing: [RawFold.Item] = []
        /// Those whose identity was merged from another place.
        var repeated: [RawFold.Item] = []
        /// How many are merged.
        var known = 0
        /// Where to go on; nil at the end.
        var end: String?
    }

    /// How many batches a chunk has at most; it is closed once it has so many bytes.
    let limits: (batches: Int, bytes: Int64)
    /// After which key the next page begins, an empty text at the beginning; nil after the last.
    private(set) var position: String? = ""

    /// A hash an identity: eight bytes. Two that share one cost no more than a chunk of its own.
    private var seen: Set<Int> = []
    private var chunks: [[RawFold.Item]] = []
    private var open: [RawFold.Item] = []
    private var openBytes: Int64 = 0
    private var repeated: [RawFold.Item] = []

    init(limits: (batches: Int, bytes: Int64)) {
        self.limits = limits
    }

    /// Adds the page that follows.
    mutating func add(_ page: Page) {
        for item in page.missing {
            guard seen.insert(item.key.identity.hashValue).inserted else {
                repeated.append(item)
                continue
            }
            open.append(item)
            openBytes += item.info.byteCount
            if open.count == limits.batches || openBytes >= limits.bytes { close() }
        }
        repeated += page.repeated
        position = page.end
        if position == nil, !open.isEmpty { close() }
    }

    /// The chunks that are complete; after the last page also those of one batch, at last none.
    mutating func take() -> [[RawFold.Item]] {
        if chunks.isEmpty, position == nil {
            chunks = repeated.map { [$0] }
            repeated = []
        }
        defer { chunks = [] }
        return chunks
    }

    private mutating func close() {
        chunks.append(open)
        (open, openBytes) = ([], 0)
    }
}
