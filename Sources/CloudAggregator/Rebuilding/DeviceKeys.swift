import Cryptography
import Glibc
import ObjectStore
import Synchronization

/// The keys that batches are verified with: of all devices that the fleet has, revoked and forgotten ones included, and
/// where it lacks one, from the device's record beside the raw batches.
final class DeviceKeys: Sendable {
    private let records: DeviceRecords
    /// Nil for a device that neither knows.
    private let known: Mutex<[String: PublicKey?]>

    /// - Parameter path: the fleet's database, which may be missing.
    init(fleet path: String, records: DeviceRecords) throws {
        self.records = records
        let devices = access(path, F_OK) == 0 ? try FleetStore(path: path).devices() : []
        known = Mutex(Dictionary(devices.map { ($0.identifier, $0.key) }, uniquingKeysWith: { $1 }))
    }

    /// The key of the device of that identifier; throws only where the store does not answer.
    func key(of identifier: String) throws(ObjectStoreError) -> PublicKey? {
        if let answer = known.withLock({ $0[identifier] }) { return answer }
        let key = try records.device(identifier)?.key
        known.withLock { $0[identifier] = .some(key) }
        return key
    }
}
