/// The rows that are kept with each owner, in their order; grows with the rows of the delta.
struct SortedChildRows: Sendable {
    private struct Place {
        /// Where the owner's rows lie in the delta: owners that get other rows get another place.
        let source: Range<Int>
        let range: Range<Int>
    }

    private var cells: [Cell] = []
    private var places: [Place] = []

    /// Sorts the rows of owners that are new, or have got others.
    mutating func grow(to rows: ChildRows, _ texts: TextStore) {
        for (owner, source) in rows.ranges.enumerated() {
            if owner < places.count, places[owner].source == source { continue }
            let start = cells.count
            cells += ChildRows.sorted(rows.rows(of: owner), rows.width, texts)
            let place = Place(source: source, range: start..<cells.count)
            if owner < places.count { places[owner] = place } else { places.append(place) }
        }
    }

    /// The cells of an owner's rows, side by side.
    func rows(of owner: Int) -> ArraySlice<Cell> {
        cells[places[owner].range]
    }
}
