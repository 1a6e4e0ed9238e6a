/// Works on many items at once, and hands the results over in the items' order: also where an item fails, those before it are
/// handed over.
struct ReadAhead<Item: Sendable, Output: Sendable> {
    /// How many items are at work, or done and not handed over, at most.
    let width: Int
    /// What is done with an item.
    let work: @Sendable (Item) async throws -> Output

    /// - Parameters:
    ///   - next: the next page of items; an empty one is the end.
    ///   - consume: takes each result; work on later items goes on meanwhile.
    func run(
        next: () async throws -> [Item], consume: (Item, Output) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Result<Output, any Error>).self) { tasks in
            var page: ArraySlice<Item> = []
            var isAtEnd = false
            var (started, handed) = (0, 0)
            var items: [Int: Item] = [:]
            var results: [Int: Result<Output, any Error>] = [:]
            while true {
                while started - handed < width {
                    if page.isEmpty, !isAtEnd {
                        page = try await next()[...]
                        isAtEnd = page.isEmpty
                    }
                    guard let item = page.popFirst() else { break }
                    let index = started
                    started += 1
                    items[index] = item
                    tasks.addTask { [work] in
                        do {
                            return (index, .success(try await work(item)))
                        } catch {
                            return (index, .failure(error))
                        }
                    }
                }
                if let result = results.removeValue(forKey: handed), let item = items.removeValue(forKey: handed) {
                    handed += 1
                    try await consume(item, result.get())
                } else if let (index, result) = try await tasks.next() {
                    results[index] = result
                } else {
                    return
                }
            }
        }
    }
}
