import BatchFormat
import ObjectStore
import RawStore
import Synchronization

/// Hands the raw batches out to several threads, each batch once.
///
/// Of batches that share an identity, under another day or stream, only the first that can be taken counts: the later ones are
/// held back until all others are done.
final class RawFeed: Sendable {
    private struct State {
        var page: ArraySlice<RawFold.Item> = []
        /// After which key the next page begins, an empty text at the beginning; nil after the last.
        var position: String? = ""
        var seen: Set<BatchIdentity> = []
        var refused: Set<BatchIdentity> = []
        var repeated: [RawFold.Item] = []
    }

    private let raw: RawStore
    private let state = Mutex(State())

    init(_ raw: RawStore) {
        self.raw = raw
    }

    /// The next batch; nil at the end.
    func next() throws -> RawFold.Item? {
        try state.withLock { state in
            while true {
                while let item = state.page.popFirst() {
                    if state.seen.insert(item.key.identity).inserted { return item }
                    state.repeated.append(item)
                }
                guard let position = state.position else { return nil }
                let page = try RawPage(after: position, in: raw)
                (state.page, state.position) = (page.items[...], page.end)
            }
        }
    }

    /// Notes that a batch cannot be taken, so that another one of its identity may be.
    func refuse(_ item: RawFold.Item) {
        state.withLock { _ = $0.refused.insert(item.key.identity) }
    }

    /// The batches that were held back, once all others are done: those of whose identity none was taken, and the others.
    func takeRepeated() -> (open: [RawFold.Item], settled: [RawFold.Item]) {
        state.withLock { state in
            defer { state.repeated = [] }
            return (
                state.repeated.filter { state.refused.contains($0.key.identity) },
                state.repeated.filter { !state.refused.contains($0.key.identity) }
            )
        }
    }
}
