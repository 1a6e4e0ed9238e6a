import Cryptography
import JSON
import Scoring

/// The two places a stream's models are kept in, so that there is always one to fall back to, offline too.
///
///     models/STREAM.json       {"active": {"slot", "version"} or null, "previous": the same,
///                               "rejected": [{"version", "reason"}]}
///     models/STREAM.a.model, models/STREAM.b.model
///
/// A new model is written into the slot that is not active; the JSON file, replaced as a whole, then makes it so.
struct ModelSlots {
    /// The rejected versions that are remembered; older ones are forgotten, they are not newer anyway.
    static let rejectedLimit = 16

    struct Slot: Equatable {
        var name: String
        var version: Int64
    }

    struct Rejected: Equatable {
        var version: Int64
        var reason: String
    }

    let stream: String
    private let state: StateDirectory
    private(set) var active: Slot?
    private(set) var previous: Slot?
    private(set) var rejected: [Rejected] = []

    /// Empty slots.
    init(stream: String, state: StateDirectory) {
        self.stream = stream
        self.state = StateDirectory(path: state.path(of: "models"))
    }

    /// Reads what is kept of that stream's models.
    mutating func read() throws {
        guard let bytes = try state.read("\(stream).json") else { return }
        do throws(JSONError) {
            let value = try JSONValue(parsing: bytes)
            let slots = (active: try Self.slot(value["active"]), previous: try Self.slot(value["previous"]))
            var rejected: [Rejected] = []
            for entry in try value.requiredArray("rejected") {
                rejected.append(
                    Rejected(version: try entry.requiredInteger("version"), reason: try entry.requiredString("reason")))
            }
            (active, previous, self.rejected) = (slots.active, slots.previous, rejected)
        } catch {
            throw EdgeError.malformedFile(path: state.path(of: "\(stream).json"), reason: "\(error)")
        }
    }

    /// The version that a new one has to exceed: the greatest one that is in use or was found unfit.
    var floor: Int64 { max(active?.version ?? 0, rejected.map(\.version).max() ?? 0) }

    /// Opens the active model and tries it; where it is unfit now, the one before takes its place.
    ///
    /// - Parameter unfit: told of each that was passed over. One whose file is damaged may be fetched again; one that
    ///   does not work on this machine is rejected.
    mutating func load(
        releaseKey: PublicKey, unfit: (_ version: Int64, ModelRejection) -> Void
    ) throws -> ModelArtifact? {
        while let slot = active {
            do {
                let file = try state.read(fileName(slot)) ?? []
                return try ModelOffer.open(file, stream: stream, version: slot.version, releaseKey: releaseKey)
            } catch let rejection as ModelRejection {
                unfit(slot.version, rejection)
                active = previous
                previous = nil
                if case .unsuitable(let reason) = rejection { try reject(slot.version, reason) }
            }
        }
        return nil
    }

    /// Keeps the file of a model and makes it the active one.
    mutating func activate(_ file: [UInt8], version: Int64) throws {
        try state.create()
        let slot = Slot(name: active?.name == "a" ? "b" : "a", version: version)
        try state.replace(fileName(slot), file)
        previous = active
        active = slot
        try save()
    }

    /// Remembers that a version is unfit, so that it is not asked for again.
    mutating func reject(_ version: Int64, _ reason: String) throws {
        try state.create()
        rejected.removeAll { $0.version == version }
        rejected.append(Rejected(version: version, reason: reason))
        rejected.removeFirst(max(0, rejected.count - Self.rejectedLimit))
        try save()
    }

    private func save() throws {
        let rejected: [JSONValue] = rejected.map { ["version": .integer($0.version), "reason": .string($0.reason)] }
        let value: JSONValue = [
            "active": Self.json(active), "previous": Self.json(previous), "rejected": .array(rejected),
        ]
        try state.replace("\(stream).json", value.bytes)
    }

    private func fileName(_ slot: Slot) -> String { "\(stream).\(slot.name).model" }

    private static func json(_ slot: Slot?) -> JSONValue {
        slot.map { ["slot": .string($0.name), "version": .integer($0.version)] } ?? .null
    }

    private static func slot(_ value: JSONValue?) throws(JSONError) -> Slot? {
        guard let value, value != .null else { return nil }
        let name = try value.requiredString("slot")
        guard ["a", "b"].contains(name) else { throw .mismatch(path: "slot", wanted: "a or b") }
        return Slot(name: name, version: try value.requiredInteger("version"))
    }
}
