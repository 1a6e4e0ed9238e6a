import Glibc
import Warehouse

extension CloudConfiguration {
    /// Where the warehouse is.
    var warehouse: WarehouseLocation { .sqlite(path: StateFolder.warehouse(in: state)) }

    /// The warehouse for reading, whether or not the server runs; throws where no server has made it yet.
    func readWarehouse() throws -> any Warehouse {
        switch warehouse {
        case .sqlite(let path):
            guard access(path, R_OK) == 0 else { throw CloudError.noWarehouse(path: path) }
        }
        return try warehouse.open(plans(), access: .readOnly)
    }
}
