import ConfigurationFile
import ObjectStore
import Transfer

/// Where objects are kept, as a section such as `[raw]` says: below the state folder, or in a bucket.
public struct StoreConfiguration: Hashable, Sendable {
    /// Where the credentials of a bucket come from.
    public enum Credentials: Hashable, Sendable {
        /// The variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
        case environment
        /// The role of the EC2 instance.
        case instance
        /// A file with the section `[credentials]`.
        case file(String)
    }

    /// A bucket, and how it is reached.
    public struct Bucket: Hashable, Sendable {
        /// Where it is.
        public var location: S3Location
        /// The authority that its server's certificate is from (PEM); nil for those that the machine trusts.
        public var authority: String?
        /// What signs the requests.
        public var credentials: Credentials
    }

    /// The section's name.
    public let section: String
    /// The bucket; nil for the directory.
    public var bucket: Bucket?
    /// Whether it is neither, but what the section has a word of its own for.
    public private(set) var isOther = false

    /// The directory below the state folder.
    public init(section: String) {
        self.section = section
    }

    /// Reads the section.
    /// - Parameter other: a word for a store that is neither directory nor bucket, which is the default then.
    init(_ reader: ConfigurationReader, section: String, other: String? = nil) {
        self.section = section
        let stores = (other.map { [$0] } ?? []) + ["directory", "s3"]
        let store = reader.enumeration(section, "store", of: stores, default: stores[0])
        isOther = store == other
        let endpoint = reader.string(section, "endpoint")
        let addressing = reader.enumeration(
            section, "addressing", of: ["auto", "virtual-host", "path"], default: "auto")
        let location = S3Location(
            bucket: reader.string(section, "bucket", default: ""),
            prefix: reader.string(section, "prefix", default: ""),
            region: reader.string(section, "region", default: "us-east-1"), endpoint: endpoint,
            addressing: addressing == "auto" ? nil : addressing == "path" ? .path : .virtualHost)
        let authority = reader.path(section, "authority")
        let source = reader.enumeration(
            section, "credentials", of: ["environment", "instance", "file"], default: "environment")
        let file = reader.path(section, "credentials-file")
        guard store == "s3" else { return }
        let credentials: Credentials =
            switch source {
            case "instance": .instance
            case "file": .file(file ?? reader.requiredPath(section, "credentials-file"))
            default: .environment
            }
        bucket = Bucket(location: location, authority: authority, credentials: credentials)
        checkAddress(reader, location, endpoint: endpoint)
    }

    private func checkAddress(_ reader: ConfigurationReader, _ location: S3Location, endpoint: String?) {
        if !Self.isBucketName(location.bucket) {
            reader.reject(section, "bucket", wanted: "a bucket's name: 3 to 63 of a-z, 0-9, '-' and '.'")
        }
        if let endpoint, !Self.isEndpoint(endpoint) {
            reader.reject(section, "endpoint", wanted: "https://HOST or https://HOST:PORT, or the same with http://")
        }
        let prefix = location.prefix
        if !prefix.isEmpty, !ObjectKey.isKey(String(prefix.dropLast())) || prefix.utf8.count > 256 {
            reader.reject(section, "prefix", wanted: "names with slashes between, at most 256 bytes")
        }
    }

    private static func isBucketName(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
    }

    private static func isEndpoint(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
    }
}
