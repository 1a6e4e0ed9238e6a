import ConfigurationFile

/// Makes invitations and says how to use them.
public struct InvitationJob {
    /// An invitation as an operator sees it.
    public struct Invitation: CustomStringConvertible {
        /// `TOKEN.PIN`.
        public let secret: String
        /// What to run on the edge.
        public let command: String
        /// What happens then.
        public let note: String

        /// The secret, the command and the note, a line each.
        public var description: String { "\(secret)\n\(command)\n# \(note)\n" }
    }

    private let configuration: CloudConfiguration
    private let store: FleetStore

    /// Opens the fleet's database.
    public init(_ configuration: CloudConfiguration) throws {
        self.configuration = configuration
        store = try FleetStore(path: StateFolder(configuration.state).fleet)
    }

    /// Makes an invitation.
    public func invite(name: String?, lifetime: Duration, clock: WallClock = .system) throws -> Invitation {
        let pin = try KeyRing.pin(configuration)
        let token = try store.invite(name: name, lifetime: lifetime, at: clock.milliseconds)
        let secret = "\(token.text).\(pin)"
        let next = name.map { "accepted at once as '\($0)'" } ?? "then 'waystation-cloud device accept'"
        return Invitation(
            secret: secret, command: "waystation-edge enroll --url \(configuration.devices.url) --token \(secret)",
            note: "good for \(lifetime.configurationText); \(next)")
    }
}
