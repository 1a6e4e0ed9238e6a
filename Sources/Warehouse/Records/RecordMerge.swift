/// Reads many runs as one, in the order of the records.
enum RecordMerge {
    /// What is read of all files together at once, and of each at least and at most.
    private static let (bufferBytes, fileBytes) = (16 << 20, (8 << 10)...(256 << 10))

    /// Hands over the records of runs, each good for that call alone.
    static func forEach(
        _ runs: [RecordRun], _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        let share = min(max(bufferBytes / max(runs.count, 1), fileBytes.lowerBound), fileBytes.upperBound)
        let cursors = runs.map { RecordCursor($0, bufferBytes: share) }
        for cursor in cursors { try cursor.advance() }
        // A heap: each cursor comes before the two at twice its place.
        var heap = cursors.filter { $0.record != nil }.sorted { $0.isBefore($1) }
        while let first = heap.first, let record = first.record {
            try body(record)
            try first.advance()
            if first.record == nil {
                let last = heap.removeLast()
                if heap.isEmpty { return }
                heap[0] = last
            }
            sink(&heap)
        }
    }

    /// Puts the first cursor where it belongs.
    private static func sink(_ heap: inout [RecordCursor]) {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            if least == place { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
