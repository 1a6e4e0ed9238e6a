/// How far two names are apart: the fewest insertions, deletions, replacements and swaps of neighbours between them
/// (optimal string alignment distance).
public enum EditDistance {
    /// The closest of the candidates, the first of equals; nil where there is none.
    public static func nearest(to name: String, among candidates: [String]) -> String? {
        candidates.min { between(name, $0) < between(name, $1) }
    }

    static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replacement = previous[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replacement, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, older[column - 1] + 1)
                }
                current.append(best)
            }
            (older, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
