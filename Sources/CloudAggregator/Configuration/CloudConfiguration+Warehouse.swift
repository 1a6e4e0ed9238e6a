import Glibc
import Warehouse

extension CloudConfiguration {
    /// The warehouse's file; throws where no server has made it yet.
    func existingWarehouse() throws(CloudError) -> String {
        let path = StateFolder.warehouse(in: state)
        guard access(path, R_OK) == 0 else { throw .noWarehouse(path: path) }
        return path
    }

    /// The warehouse for reading, whether or not the server runs.
    func readWarehouse() throws -> SQLiteWarehouse {
        try SQLiteWarehouse(path: existingWarehouse(), plans: plans(), access: .readOnly)
    }
}
