import Glibc
import ObjectStore
import Warehouse

extension CloudConfiguration {
    /// Where backups are: in that folder; without one, where the raw batches are.
    func backupStore(_ folder: String?) throws -> any ObjectStore {
        try folder.map { try DirectoryObjectStore(root: $0) } ?? objects()
    }

    /// The warehouse's file, where it is one; throws what to do where it is in a database server.
    func warehouseFile() throws -> String {
        switch try warehouse {
        case .sqlite(let path):
            guard access(path, R_OK) == 0 else { throw CloudError.noWarehouse(path: path) }
            return path
        case .postgresql(let location):
            throw CloudError.warehouseElsewhere(place: location.description)
        }
    }
}
