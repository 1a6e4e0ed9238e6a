import ConfigurationFile
import Glibc
import NIOCore
import ObjectStore
import Transfer

extension StoreConfiguration {
    /// As many puts wait for the disk, or for a bucket's answer, at once.
    private static let (syncingThreads, waitingThreads) = (8, 16)

    /// How many threads put objects: they mostly wait.
    var puttingThreads: Int { bucket == nil ? Self.syncingThreads : Self.waitingThreads }

    /// How many threads get batches and unpack them: those of a bucket mostly wait.
    var threads: Int { bucket == nil ? System.coreCount : max(System.coreCount, Self.waitingThreads) }

    /// The store; asks nobody yet.
    ///
    /// - Parameter directory: the folder, where it is one.
    func open(directory: () throws -> any ObjectStore) throws -> any ObjectStore {
        guard let bucket else { return try directory() }
        return S3ObjectStore(
            bucket.location, credentials: try source(bucket.credentials),
            trust: bucket.authority.map { .authority(file: $0) } ?? .systemAuthorities)
    }

    private func source(_ credentials: Credentials) throws -> any S3CredentialSource {
        switch credentials {
        case .instance: return InstanceCredentials()
        case .file(let path): return try Self.credentials(in: path, section: section)
        case .environment:
            var environment: [String: String] = [:]
            for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
                if let value = getenv(name) { environment[name] = String(cString: value) }
            }
            guard let key = S3Credentials(environment: environment) else {
                throw CloudError.noCredentials(section: section)
            }
            return key
        }
    }

    /// Reads a file that only its owner may read:
    ///
    ///     [credentials]
    ///     key-id = AKIA...
    ///     secret = ...
    ///     session-token = ...    # where there is one
    static func credentials(in path: String, section: String) throws -> S3Credentials {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CloudError.unusable(
                key: "credentials-file", section: section, path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CloudError.unusable(
                key: "credentials-file", section: section, path: path,
                reason: "others than its owner may read it; 'chmod 600' it")
        }
        let reader = ConfigurationReader(try ConfigurationFile(contentsOf: path))
        let credentials = S3Credentials(
            keyIdentifier: reader.requiredString("credentials", "key-id"),
            secret: reader.requiredString("credentials", "secret"),
            sessionToken: reader.string("credentials", "session-token"))
        try reader.finish()
        return credentials
    }
}
