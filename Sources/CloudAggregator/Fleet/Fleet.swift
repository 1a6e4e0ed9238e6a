import Cryptography
import FleetProtocol

/// The running server's hold on the fleet's database, on a thread of its own.
///
/// Contacts and refusals are gathered in memory and written together now and then.
actor Fleet {
    private let executor = ThreadExecutor()
    private let store: FleetStore
    private var contacts: [String: Int64] = [:]
    private var refusals: [String: Int64] = [:]
    private var knownDataVersion: Int64

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(path: String) throws {
        store = try FleetStore(path: path)
        knownDataVersion = try store.dataVersion()
    }

    /// The device of that identifier.
    func device(_ identifier: String) throws -> Device? {
        try store.device(identifier)
    }

    /// Notes that a device has proven to be there.
    func noteContact(of identifier: String, at now: Int64) {
        contacts[identifier] = now
    }

    /// All devices with their latest contact.
    func devices() throws -> [Device] {
        try store.devices().map { device in
            var device = device
            device.lastContactMilliseconds = contacts[device.identifier] ?? device.lastContactMilliseconds
            return device
        }
    }

    /// Lets the owner of `key` join.
    func enrol(token: EnrolmentToken, key: PublicKey, name: String, at now: Int64) throws -> Device {
        let device = try store.enrol(token: token, key: key, name: name, at: now)
        contacts[device.identifier] = now
        return device
    }

    /// Gives the device its next epoch.
    func issueEpoch(to identifier: String) throws -> Int64 {
        try store.issueEpoch(to: identifier)
    }

    /// Never again issues an epoch up to that one to the device.
    func raiseEpoch(of identifier: String, to epoch: Int64) throws {
        try store.raiseEpoch(of: identifier, to: epoch)
    }

    /// Marks the device for an operator to look at.
    func flag(_ identifier: String, _ flag: DeviceFlag, detail: String, at now: Int64) throws {
        try store.flag(identifier, flag, detail: detail, at: now)
    }

    /// The current model of each stream that has one.
    func publishedModels() throws -> [FleetModel] {
        var newest: [String: FleetModel] = [:]
        for model in try store.models() where model.publishedMilliseconds != nil { newest[model.stream] = model }
        return newest.values.sorted { $0.stream < $1.stream }
    }

    /// The model of that stream and version, once published.
    func publishedModel(stream: String, version: Int64) throws -> FleetModel? {
        try store.models(of: stream).first { $0.version == version && $0.publishedMilliseconds != nil }
    }

    /// Counts a refused request.
    func countRefusal(_ problem: String) {
        refusals[problem, default: 0] += 1
    }

    /// Writes what was gathered; says whether there was something.
    @discardableResult func writeGathered(at now: Int64) throws -> Bool {
        let isNews = !contacts.isEmpty || !refusals.isEmpty
        if !contacts.isEmpty {
            try store.note(contacts: contacts)
            contacts = [:]
        }
        if !refusals.isEmpty {
            try store.count(refusals: refusals, at: now)
            refusals = [:]
        }
        return isNews
    }

    /// Whether a command has changed the fleet since this was last asked.
    func hasChanged() throws -> Bool {
        let version = try store.dataVersion()
        defer { knownDataVersion = version }
        return version != knownDataVersion
    }
}
