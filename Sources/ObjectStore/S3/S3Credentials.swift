/// What signs requests to S3.
public struct S3Credentials: Hashable, Sendable {
    /// The name of the key, which every request shows.
    public var keyIdentifier: String
    /// The secret, which none does.
    public var secret: String
    /// What goes with a key that is good for a time only.
    public var sessionToken: String?
    /// When that time is over, in milliseconds since 1970.
    public var expiresMilliseconds: Int64?

    /// A key.
    public init(
        keyIdentifier: String, secret: String, sessionToken: String? = nil, expiresMilliseconds: Int64? = nil
    ) {
        self.keyIdentifier = keyIdentifier
        self.secret = secret
        self.sessionToken = sessionToken
        self.expiresMilliseconds = expiresMilliseconds
    }

    /// The key in the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; nil where there is none.
    public init?(environment: [String: String]) {
        guard let keyIdentifier = environment["AWS_ACCESS_KEY_ID"], !keyIdentifier.isEmpty,
            let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
        else { return nil }
        let token = environment["AWS_SESSION_TOKEN"]
        self.init(
            keyIdentifier: keyIdentifier, secret: secret, sessionToken: token.flatMap { $0.isEmpty ? nil : $0 })
    }
}

/// Where credentials come from. Calls may block and come from several threads at once.
public protocol S3CredentialSource: Sendable {
    /// Credentials that are good at that time, in milliseconds since 1970.
    func credentials(at milliseconds: Int64) throws(ObjectStoreError) -> S3Credentials

    /// Credentials that S3 calls expired are not to be given again.
    func discard(_ credentials: S3Credentials)
}

/// A key that stays the same.
extension S3Credentials: S3CredentialSource {
    /// This key.
    public func credentials(at milliseconds: Int64) -> S3Credentials { self }

    /// There is no other.
    public func discard(_ credentials: S3Credentials) {}
}
