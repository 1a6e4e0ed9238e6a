/// Whom a TLS server must prove to be. Has no meaning for `http` and `ws`.
public enum ServerTrust: Hashable, Sendable {
    /// The host of the address, by the authorities this machine trusts.
    case systemAuthorities
    /// The host of the address, by the authorities in that PEM file and no others.
    case authority(file: String)
    /// The owner of the public key with that SHA-256 over its SubjectPublicKeyInfo, whatever the certificate says.
    case pinnedPublicKey(sha256: [UInt8])
}

/// How a server is reached, for HTTP and WebSockets alike.
public struct ConnectionOptions: Hashable, Sendable {
    /// Whom a TLS server must prove to be.
    public var trust: ServerTrust
    /// The address of a proxy, such as `http://proxy:3128`; none otherwise, whatever the environment says.
    public var proxy: String?
    /// The time of day that a server's certificates must be valid at, in milliseconds since 1970; nil for the machine's
    /// clock. A pinned key counts at any time.
    public var certificateMilliseconds: Int64?
    /// How long resolving, connecting and the TLS handshake may take together; for a WebSocket also its own handshake.
    public var connectTimeout: Duration

    /// Options, each with what is used otherwise.
    public init(
        trust: ServerTrust = .systemAuthorities, proxy: String? = nil, certificateMilliseconds: Int64? = nil,
        connectTimeout: Duration = .seconds(15)
    ) {
        self.trust = trust
        self.proxy = proxy
        self.certificateMilliseconds = certificateMilliseconds
        self.connectTimeout = connectTimeout
    }
}
