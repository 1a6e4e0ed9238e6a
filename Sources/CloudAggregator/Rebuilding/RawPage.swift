import ObjectStore
import RawStore

/// Some of the raw batches, in the order of their keys.
struct RawPage {
    /// How many batches are listed at once.
    private static let size = 1024

    var items: [RawFold.Item] = []
    /// After which key the next page begins; nil at the end.
    var end: String?

    /// Lists those after a key; after an empty text the first.
    init(after position: String, in raw: RawStore) throws {
        var (items, end): ([RawFold.Item], String?) = ([], nil)
        try raw.forEachBatch(after: position.isEmpty ? nil : position) { key, info in
            items.append((key, info))
            if items.count == Self.size { end = info.key }
            return end == nil
        }
        (self.items, self.end) = (items, end)
    }
}
