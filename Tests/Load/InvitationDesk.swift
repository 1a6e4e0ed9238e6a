import CloudAggregator

/// Makes invitations, one at a time.
actor InvitationDesk {
    private static let lifetime = Duration.seconds(3600)

    private let job: InvitationJob

    init(_ configuration: CloudConfiguration) throws {
        job = try InvitationJob(configuration)
    }

    /// The token of a new invitation that lets its device in at once.
    func token(for name: String) throws -> String {
        String(try job.invite(name: name, lifetime: Self.lifetime).secret.prefix { $0 != "." })
    }
}
