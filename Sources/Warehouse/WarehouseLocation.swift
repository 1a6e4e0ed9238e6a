import StreamDefinition

/// What a warehouse is opened for.
public enum WarehouseAccess: Sendable {
    /// Merging: makes what is missing, also the tables of new streams.
    case readWrite
    /// Only reading; what is missing is an error.
    case readOnly
}

/// Where a warehouse is, and of which engine.
public enum WarehouseLocation: Hashable, Sendable {
    /// An SQLite file.
    case sqlite(path: String)
    /// A schema of a PostgreSQL database.
    case postgresql(PostgreSQLLocation)

    /// Opens it for those streams. Nothing is shared between what is opened, so that each may have its own thread.
    public func open(_ plans: [StreamPlan], access: WarehouseAccess) throws -> any Warehouse {
        switch self {
        case .sqlite(let path): try SQLiteWarehouse(path: path, plans: plans, access: access)
        case .postgresql(let location): try PostgreSQLWarehouse(location, plans: plans, access: access)
        }
    }
}
