extension DeltaBuilder {
    /// Texts of so many bytes count singly, whatever is in them.
    private static let shortBytes = 64

    /// Throws where the texts of a key are too long for an index of every engine.
    func check(_ keys: [FoldPlan.TextKey]) throws(MappingError) {
        for key in keys {
            if key.presence >= 0, !reader.isPresent[key.presence] { continue }
            for element in 0..<(key.list < 0 ? 1 : reader.elementCount(key.list)) {
                var count = 0
                for source in key.sources { count += storedByteCount(source, key.list, element) }
                if count > FoldPlan.TextKey.byteLimit { throw tooLong(key) }
            }
        }
    }

    private func storedByteCount(_ source: Int, _ list: Int, _ element: Int) -> Int {
        let cell =
            source < 0
            ? reader.lists[list][element * plan.layout.lists[list].slots.count + ~source] : reader.values[source]
        guard case .text(let text) = cell else { return 0 }
        let count = Int(text.count)
        // Most texts are so short that it does not matter what is in them.
        if count <= Self.shortBytes { return count }
        return count + reader.texts.withText(text) { bytes in bytes.count { $0 <= 1 } }
    }

    private func tooLong(_ key: FoldPlan.TextKey) -> MappingError {
        let source = key.sources[0]
        let path = source < 0 ? plan.layout.lists[key.list].slots[~source].path : plan.layout.slots[source].path
        return .tooLong(path: path.description, limit: FoldPlan.TextKey.byteLimit)
    }
}
