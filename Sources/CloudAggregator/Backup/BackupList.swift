import Warehouse

/// Lists the backups there are.
public struct BackupList {
    private let shelf: BackupShelf

    /// Opens the place of the backups; nil is where the raw batches are.
    public init(_ configuration: CloudConfiguration, in folder: String? = nil) throws {
        shelf = BackupShelf(
            store: try configuration.backupStore(folder), key: try KeyRing.receiptKey(configuration).publicKey)
    }

    /// The finished backups, oldest first; one whose manifest is not good says so.
    public func text(format: RowFormat) throws -> String {
        let rows: [[WarehouseValue]] = try shelf.names().map { name in
            do {
                let manifest = try shelf.manifest(name)
                return [
                    .text(name), .integer(manifest.createdMilliseconds), .integer(manifest.watermark),
                    .integer(manifest.tables.reduce(0) { $0 + $1.rows }), .integer(manifest.packedByteCount),
                    .text("good"),
                ]
            } catch let error as CloudError {
                return [.text(name), .null, .null, .null, .null, .text(error.description)]
            }
        }
        return format.text(columns: ["backup", "created_ms", "watermark", "rows", "bytes", "manifest"], rows: rows)
    }
}
