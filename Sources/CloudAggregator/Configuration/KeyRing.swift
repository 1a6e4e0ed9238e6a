import Cryptography
import NIOSSL

/// The keys and certificates of the configuration, read and found good.
public struct KeyRing: Sendable {
    /// Signs receipts.
    public let receipt: PrivateKey
    /// Signs models and their manifests.
    public let release: PrivateKey
    /// Signs which version is current.
    public let timestamp: PrivateKey
    /// The PEM text of the authority that devices trust.
    public let authority: String
    /// What the devices' server shows.
    public let tls: TLSConfiguration
    /// The SHA-256 of the server certificate's SubjectPublicKeyInfo, in hexadecimal: what an invited device pins.
    public let pin: String

    /// Reads all the files; throws the first that cannot be used.
    public init(_ configuration: CloudConfiguration) throws(CloudError) {
        receipt = try Self.privateKey("receipt", configuration.keys.receipt)
        release = try Self.privateKey("release", configuration.keys.release)
        timestamp = try Self.privateKey("timestamp", configuration.keys.timestamp)
        authority = try Self.authority(configuration.devices.authority)
        let chain = try Self.certificates("certificate", configuration.devices.certificate)
        pin = try Self.pin(of: chain, path: configuration.devices.certificate)
        tls = try Self.tls(chain: chain, keyPath: configuration.devices.key)
    }

    /// The release key alone, which is all that training needs.
    static func releaseKey(_ configuration: CloudConfiguration) throws(CloudError) -> PrivateKey {
        try privateKey("release", configuration.keys.release)
    }

    /// The receipt key alone.
    static func receiptKey(_ configuration: CloudConfiguration) throws(CloudError) -> PrivateKey {
        try privateKey("receipt", configuration.keys.receipt)
    }

    /// The timestamp key alone.
    static func timestampKey(_ configuration: CloudConfiguration) throws(CloudError) -> PrivateKey {
        try privateKey("timestamp", configuration.keys.timestamp)
    }

    /// The pin alone, which is all that an invitation needs.
    static func pin(_ configuration: CloudConfiguration) throws(CloudError) -> String {
        let path = configuration.devices.certificate
        return try pin(of: certificates("certificate", path), path: path)
    }

    private static func read(_ key: String, _ section: String, _ path: String) throws(CloudError) -> [UInt8] {
        do throws(CloudError) {
            return try SmallFile.read(path)
        } catch {
            throw .unusable(key: key, section: section, path: path, reason: error.reason)
        }
    }

    private static func privateKey(_ key: String, _ path: String) throws(CloudError) -> PrivateKey {
        let text = String(decoding: try read(key, "keys", path), as: UTF8.self)
        do throws(CryptographyError) {
            return try PrivateKey(pem: text)
        } catch {
            throw .unusable(
                key: key, section: "keys", path: path,
                reason: "it is no Ed25519 key; 'openssl genpkey -algorithm ed25519' makes one")
        }
    }

    private static func authority(_ path: String) throws(CloudError) -> String {
        _ = try certificates("authority", path)
        return String(decoding: try read("authority", "devices", path), as: UTF8.self)
    }

    private static func certificates(_ key: String, _ path: String) throws(CloudError) -> [NIOSSLCertificate] {
        let bytes = try read(key, "devices", path)
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            return certificates
        } catch {
            throw .unusable(key: key, section: "devices", path: path, reason: "no PEM certificate in it (\(error))")
        }
    }

    private static func pin(of chain: [NIOSSLCertificate], path: String) throws(CloudError) -> String {
        do {
            return Hexadecimal.encode(SHA256.digest(try chain[0].extractPublicKey().toSPKIBytes()))
        } catch {
            throw .unusable(key: "certificate", section: "devices", path: path, reason: "no public key (\(error))")
        }
    }

    private static func tls(chain: [NIOSSLCertificate], keyPath: String) throws(CloudError) -> TLSConfiguration {
        do {
            let key = try NIOSSLPrivateKey(bytes: read("key", "devices", keyPath), format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch let error as CloudError {
            throw error
        } catch {
            throw .unusable(
                key: "key", section: "devices", path: keyPath, reason: "not the certificate's private key (\(error))")
        }
    }
}
