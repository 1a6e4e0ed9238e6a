/// Why the lake cannot be renewed. What the store, the warehouse or Arrow refuse comes as their errors.
public enum LakeError: Error, Equatable, CustomStringConvertible {
    /// The manifest cannot be read.
    case damagedManifest(place: String, reason: String)
    /// A newer version of this program has written the manifest.
    case newerFormat(place: String, found: Int64, known: Int64)
    /// The lake is of another fleet.
    case otherFleet(place: String, fleet: String)
    /// A table holds null where its definition has a value in every row.
    case unexpectedNull(table: String, column: String)
    /// A file in the scratch folder cannot be read or removed.
    case scratch(operation: String, path: String, reason: String)

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .damagedManifest(let place, let reason):
            "the manifest of the lake in \(place) cannot be read (\(reason)): run 'waystation-cloud etl --full', which "
                + "writes the whole lake anew"
        case .newerFormat(let place, let found, let known):
            "the lake in \(place) has format \(found), this program knows formats up to \(known): install the newer "
                + "version again, or name another place"
        case .otherFleet(let place, let fleet):
            "the lake in \(place) is of the fleet '\(fleet)': name another place"
        case .unexpectedNull(let table, let column):
            "the table '\(table)' holds null in '\(column)', where each row must have a value: the warehouse is damaged; "
                + "restore a backup, or run 'waystation-cloud rebuild'"
        case .scratch(let operation, let path, let reason): "cannot \(operation) '\(path)': \(reason)"
        }
    }
}
