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
    private let keys: [String: PublicKey]

    /// Knows the keys of all devices that the fleet has now, revoked and forgotten ones included.
    init(_ raw: RawStore, _ configuration: CloudConfiguration, fleet: FleetStore) throws {
        self.raw = raw
        fleetName = configuration.fleet
        limits = configuration.limits
        keys = Dictionary(try fleet.devices().map { ($0.identifier, $0.key) }, uniquingKeysWith: { $1 })
    }

    /// Reads the batch; throws what is not the batch's fault.
    func read(_ key: RawKey) throws -> Reading {
        let file: [UInt8]
        do throws(ObjectStoreError) {
            file = try raw.load(key.description)
        } catch .notFound {
            return .gone
        }
        do {
            let (manifest, events) = try verify(file, key)
            return .good(Batch(manifest: manifest, events: events, file: file))
        } catch {
            return .flawed(reason: error.description, file: file)
        }
    }

    private func verify(_ file: [UInt8], _ key: RawKey) throws(BatchError) -> (manifest: Manifest, events: [UInt8]) {
        guard let publicKey = keys[key.identity.device] else {
            throw .mismatch("the device is not known; 'restore' brings devices back by their records")
        }
        let (manifest, events) = try SealedBatch.open(file, key: publicKey, limits: limits)
        guard RawKey(manifest) == key else { throw .mismatch("it belongs under '\(RawKey(manifest))'") }
        guard manifest.fleet == fleetName else { throw .mismatch("it is of the fleet '\(manifest.fleet)'") }
        return (manifest, events)
    }
}
