import BatchFormat
import Cryptography
import ObjectStore
import RawStore
import Signing

/// Reads raw batches and finds each to be what its device has signed: head, signature, hashes, events, and its own place.
struct RawBatchReader: Sendable {
    /// What was found under a key.
    enum Reading: Sendable {
        /// A batch that is as its manifest says.
        case good(Batch)
        /// Something else: why, and the file.
        case flawed(reason: String, file: [UInt8])
        /// Nothing any more.
        case gone
    }

    /// A batch that was verified.
    struct Batch: Sendable {
        let manifest: Manifest
        let events: [UInt8]
        let file: [UInt8]
    }

    let raw: RawStore
    private let fleetName: String
    private let limits: BatchLimits
    private let keys: DeviceKeys

    /// - Parameter key: the receipt key, which signs the records of devices.
    init(_ objects: any ObjectStore, _ configuration: CloudConfiguration, key: PrivateKey) throws {
        raw = RawStore(objects)
        fleetName = configuration.fleet
        limits = configuration.limits
        keys = try DeviceKeys(
            fleet: StateFolder(configuration.state).fleet, records: DeviceRecords(store: objects, key: key))
    }

    /// Reads the batch; throws what is not the batch's fault.
    func read(_ key: RawKey) throws -> Reading {
        let file: [UInt8]
        do throws(ObjectStoreError) {
            file = try raw.load(key.description)
        } catch .notFound {
            return .gone
        }
        guard let publicKey = try keys.key(of: key.identity.device) else {
            return .flawed(reason: "neither the fleet nor a record knows the device", file: file)
        }
        do {
            let (manifest, events) = try verify(file, key, publicKey)
            return .good(Batch(manifest: manifest, events: events, file: file))
        } catch {
            return .flawed(reason: error.description, file: file)
        }
    }

    private func verify(
        _ file: [UInt8], _ key: RawKey, _ publicKey: PublicKey
    ) throws(BatchError) -> (manifest: Manifest, events: [UInt8]) {
        let (manifest, events) = try SealedBatch.open(file, key: publicKey, limits: limits)
        guard RawKey(manifest) == key else { throw .mismatch("it belongs under '\(RawKey(manifest))'") }
        guard manifest.fleet == fleetName else { throw .mismatch("it is of the fleet '\(manifest.fleet)'") }
        return (manifest, events)
    }
}
