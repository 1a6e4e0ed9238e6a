extension CheckedReader {
    /// Texts of so many bytes count singly, whatever is in them.
    private static let shortBytes = 64

    /// Throws where something is missing that must be there.
    func check(_ requirements: [FoldPlan.Requirement]) throws(MappingError) {
        for requirement in requirements {
            if requirement.presence >= 0, !message.isPresent[requirement.presence] { continue }
            if requirement.source < 0 {
                let width = plan.layout.lists[requirement.list].slots.count
                let cells = message.lists[requirement.list]
                var position = ~requirement.source
                while position < cells.count {
                    if cells[position].isNull { throw missing(requirement) }
                    position += width
                }
            } else if message.values[requirement.source].isNull {
                if requirement.list >= 0, message.lists[requirement.list].isEmpty { continue }
                throw missing(requirement)
            }
        }
    }

    /// Throws where the texts of a key are too long for an index of every engine.
    func check(_ keys: [FoldPlan.TextKey]) throws(MappingError) {
        for key in keys {
            if key.presence >= 0, !message.isPresent[key.presence] { continue }
            for element in 0..<(key.list < 0 ? 1 : message.elementCount(key.list)) {
                var count = 0
                for source in key.sources { count += storedByteCount(source, key.list, element) }
                if count > FoldPlan.TextKey.byteLimit { throw tooLong(key) }
            }
        }
    }

    private func storedByteCount(_ source: Int, _ list: Int, _ element: Int) -> Int {
        guard case .text(let text) = message.cell(source, list: list, element: element) else { return 0 }
        let count = Int(text.count)
        // Most texts are so short that it does not matter what is in them.
        if count <= Self.shortBytes { return count }
        return count + message.texts.withText(text) { bytes in bytes.count { $0 <= 1 } }
    }

    private func missing(_ requirement: FoldPlan.Requirement) -> MappingError {
        guard requirement.source < 0 else { return .missing(path: "\(plan.layout.slots[requirement.source].path)") }
        let list = plan.layout.lists[requirement.list]
        return .missing(path: "\(list.path) \(list.slots[~requirement.source].path)")
    }

    private func tooLong(_ key: FoldPlan.TextKey) -> MappingError {
        let source = key.sources[0]
        let path = source < 0 ? plan.layout.lists[key.list].slots[~source].path : plan.layout.slots[source].path
        return .tooLong(path: path.description, limit: FoldPlan.TextKey.byteLimit)
    }
}
