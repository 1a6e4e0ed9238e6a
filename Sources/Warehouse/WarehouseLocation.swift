import StreamDefinition

/// What a warehouse is opened for.
public enum WarehouseAccess: Sendable {
    /// Merging: makes what is missing, also the tables of new streams.
    case readWrite
    /// Filling tables that nobody reads yet: as merging, but indexes for readers may be missing, and a server's last commits
    /// may be lost when it is cut off.
    case loading
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

    /// Opens it to be filled. What lacks is made; nobody else may have it open meanwhile.
    public func loader(_ plans: [StreamPlan]) throws -> any WarehouseLoader {
        switch self {
        case .sqlite(let path): try SQLiteLoader(path: path, plans: plans)
        case .postgresql: MergingLoader(try open(plans, access: .loading))
        }
    }
}
