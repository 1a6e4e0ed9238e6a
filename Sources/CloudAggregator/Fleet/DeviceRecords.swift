import Cryptography
import FleetProtocol
import ObjectStore

/// The records of all devices in the object store.
struct DeviceRecords: Sendable {
    let store: any ObjectStore
    /// The receipt key, which signs them.
    let key: PrivateKey

    /// Writes down what `find` says of a device, until nobody has changed it meanwhile: of two that write at the same time,
    /// here or in another process, the later one may know less.
    func keep(_ find: () throws -> Device?) throws {
        var device = try find()
        while let known = device {
            try store.put(DeviceRecord(known).signed(by: key), key: DeviceRecord.key(known.identifier), .replace)
            device = try find()
            if device.map(DeviceRecord.init) == DeviceRecord(known) { return }
        }
    }

    /// The device of that identifier; nil where it is not recorded, or its record cannot be believed.
    func device(_ identifier: String) throws(ObjectStoreError) -> Device? {
        let bytes: [UInt8]
        do throws(ObjectStoreError) {
            bytes = try store.get(DeviceRecord.key(identifier))
        } catch .notFound {
            return nil
        }
        do {
            let device = try DeviceRecord(signed: bytes, key: key.publicKey).device
            return device.identifier == identifier ? device : nil
        } catch {
            return nil
        }
    }

    /// Hands each device that is recorded to `body`.
    ///
    /// - Parameter complain: told of each record that cannot be believed: its key and why.
    func forEach(complain: (_ key: String, _ reason: String) -> Void, _ body: (Device) throws -> Void) throws {
        try store.list(prefix: DeviceRecord.folder, after: nil) { info in
            let record: DeviceRecord
            do {
                record = try DeviceRecord(signed: store.get(info.key), key: key.publicKey)
            } catch let error as ObjectStoreError {
                throw error
            } catch {
                complain(info.key, String(describing: error))
                return true
            }
            try body(record.device)
            return true
        }
    }
}
