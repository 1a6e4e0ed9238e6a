/// Where a bucket is, and how the addresses of its objects are written.
public struct S3Location: Hashable, Sendable {
    /// How the bucket stands in an address.
    public enum Addressing: Hashable, Sendable {
        /// `https://BUCKET.s3.REGION.amazonaws.com/KEY`
        case virtualHost
        /// `https://s3.REGION.amazonaws.com/BUCKET/KEY`
        case path
    }

    /// The bucket's name.
    public let bucket: String
    /// What all keys begin with: empty, or a key and a slash.
    public let prefix: String
    /// The region, which stands in every signature: `eu-central-1`.
    public let region: String
    /// Scheme, host and port, without the bucket: `https://s3.eu-central-1.amazonaws.com`.
    public let endpoint: String
    /// How the bucket stands in an address.
    public let addressing: Addressing

    /// A bucket of AWS, by virtual host; or with an endpoint, one of another service, by path unless told otherwise.
    public init(
        bucket: String, prefix: String = "", region: String, endpoint: String? = nil, addressing: Addressing? = nil
    ) {
        self.bucket = bucket
        self.prefix = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
        self.region = region
        self.endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
        self.addressing = addressing ?? (endpoint == nil ? .virtualHost : .path)
    }

    /// The bucket's address, for people.
    var place: String { "s3://\(bucket)/\(prefix) at \(endpoint)" }

    /// Host and port, as the header `Host` holds them.
    var host: String {
        let authority = String(endpoint[endpoint.index(after: schemeEnd)...].drop { $0 == "/" })
        return addressing == .virtualHost ? "\(bucket).\(authority)" : authority
    }

    /// The path of the object of that whole key, or of the bucket, encoded.
    func path(of key: String?) -> String {
        let object = key.map { PercentEncoding.encode($0, keepingSlashes: true) } ?? ""
        switch addressing {
        case .virtualHost: return "/\(object)"
        case .path: return "/\(PercentEncoding.encode(bucket))" + (key == nil ? "" : "/\(object)")
        }
    }

    /// The whole address with that path and query.
    func url(path: String, query: String) -> String {
        "\(endpoint[...schemeEnd])//\(host)\(path)" + (query.isEmpty ? "" : "?\(query)")
    }

    /// The colon behind the scheme.
    private var schemeEnd: String.Index {
        endpoint.firstIndex(of: ":") ?? endpoint.index(before: endpoint.endIndex)
    }
}

/// Percent-encoding as the signature wants it (RFC 3986 section 2.1): all but the unreserved, in upper-case digits.
enum PercentEncoding {
    static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
        var encoded: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            case UInt8(ascii: "/") where keepingSlashes: encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// A query with its parts in the order that the signature wants; a name without a value keeps its equals sign.
    static func query(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\(encode($0.name))=\(encode($0.value))" }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        .joined(separator: "&")
    }
}
