import Cryptography
import FleetProtocol
import JSON

/// What a device has learnt by joining a fleet, as it is kept in the state directory.
///
///     device.key        the device's Ed25519 key, PKCS#8 PEM; made once, never replaced
///     enrolment.json    {"url", "name", "floor_ms", "grant": the cloud's `EnrolmentGrant` without its authority}
///     authority.pem     the authority that signs the cloud's certificates
public struct Enrolment: Sendable {
    package static let keyName = "device.key"
    static let fileName = "enrolment.json"
    static let authorityName = "authority.pem"

    /// Where the cloud was when the device joined.
    public var cloud: CloudAddress
    /// The label the device gave itself.
    public var name: String
    /// What the cloud granted.
    public var grant: EnrolmentGrant
    /// The cloud's time at that moment, in milliseconds since 1970: the first floor under this device's clock. 0 where the
    /// answer did not say.
    public var floorMilliseconds: Int64

    /// An enrolment.
    public init(cloud: CloudAddress, name: String, grant: EnrolmentGrant, floorMilliseconds: Int64 = 0) {
        self.cloud = cloud
        self.name = name
        self.grant = grant
        self.floorMilliseconds = floorMilliseconds
    }

    /// Reads the enrolment; nil where the device has none.
    public static func load(from state: StateDirectory) throws -> Enrolment? {
        guard let bytes = try state.read(fileName) else { return nil }
        guard let authority = try state.read(authorityName) else {
            throw EdgeError.malformedFile(path: state.path(of: authorityName), reason: "it is missing")
        }
        do throws(JSONError) {
            let value = try JSONValue(parsing: bytes)
            guard let cloud = CloudAddress(try value.requiredString("url")) else {
                throw .mismatch(path: "url", wanted: "an https address")
            }
            var grant = try value.requiredObject("grant").object ?? []
            grant.append(.init("authority", .string(String(decoding: authority, as: UTF8.self))))
            return Enrolment(
                cloud: cloud, name: value["name"]?.string ?? "",
                grant: try EnrolmentGrant(json: JSONValue.object(grant).bytes),
                floorMilliseconds: value["floor_ms"]?.integer ?? 0)
        } catch {
            throw EdgeError.malformedFile(path: state.path(of: fileName), reason: "\(error)")
        }
    }

    /// Writes the enrolment; the authority first, so that the one is never there without the other.
    public func save(to state: StateDirectory) throws {
        try state.replace(Self.authorityName, Array(grant.authority.utf8))
        let members = try (JSONValue(parsing: grant.json).object ?? []).filter { $0.name != "authority" }
        let value: JSONValue = [
            "url": .string(cloud.description), "name": .string(name),
            "floor_ms": .integer(floorMilliseconds), "grant": .object(members),
        ]
        try state.replace(Self.fileName, value.bytes)
    }
}
