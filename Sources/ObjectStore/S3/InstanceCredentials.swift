import JSON
import Synchronization
import Transfer

/// The credentials of the EC2 instance this runs on, from its metadata service, version 2 ("Use IMDSv2", Amazon EC2 User
/// Guide): a token by PUT, with it the role's name and its key. They are fetched again before they expire.
public final class InstanceCredentials: S3CredentialSource {
    /// The service's address on every instance.
    public static let usualEndpoint = "http://169.254.169.254"
    private static let tokenSeconds = "21600"
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"
    /// So long before they expire, credentials are fetched again.
    private static let margin = Duration.seconds(300)
    /// The service is on the same machine: one that does not answer in this time is not there.
    private static let timeout = Duration.seconds(5)

    private let endpoint: String
    private let pool = TransferPool()
    private let current = Mutex<S3Credentials?>(nil)

    /// The credentials from the service at `endpoint`.
    public init(endpoint: String = usualEndpoint) {
        self.endpoint = endpoint
    }

    /// Credentials that are good at that time; others wait while one fetches.
    public func credentials(at milliseconds: Int64) throws(ObjectStoreError) -> S3Credentials {
        let result: Result<S3Credentials, ObjectStoreError> = current.withLock { current in
            func lasts(_ margin: Duration) -> S3Credentials? {
                guard let current else { return nil }
                let end = current.expiresMilliseconds ?? .max
                return milliseconds < end - margin.components.seconds * 1000 ? current : nil
            }
            if let known = lasts(Self.margin) { return .success(known) }
            do throws(ObjectStoreError) {
                let fresh = try fetch()
                current = fresh
                return .success(fresh)
            } catch {
                // While they are good they will do.
                return lasts(.zero).map { .success($0) } ?? .failure(error)
            }
        }
        return try result.get()
    }

    /// Has the next call fetch others, unless that has happened.
    public func discard(_ credentials: S3Credentials) {
        current.withLock { if $0 == credentials { $0 = nil } }
    }

    private func fetch() throws(ObjectStoreError) -> S3Credentials {
        let token = try ask(
            "PUT", "/latest/api/token", HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", Self.tokenSeconds))
        let pass = HTTPHeader("X-aws-ec2-metadata-token", token)
        let roles = try ask("GET", Self.rolePath, pass).split(separator: "\n")
        guard let role = roles.first else {
            throw refusal("this instance has no role; give it one that may use the bucket")
        }
        let text = try ask("GET", Self.rolePath + PercentEncoding.encode(String(role)), pass)
        do throws(JSONError) {
            let answer = try JSONValue(parsing: text)
            return S3Credentials(
                keyIdentifier: try answer.requiredString("AccessKeyId"),
                secret: try answer.requiredString("SecretAccessKey"),
                sessionToken: try answer.requiredString("Token"),
                expiresMilliseconds: InternetTime.milliseconds(try answer.requiredString("Expiration")))
        } catch {
            throw refusal("the credentials of role '\(role)': \(error)")
        }
    }

    private func ask(_ method: String, _ path: String, _ header: HTTPHeader) throws(ObjectStoreError) -> String {
        let request = HTTPRequest(
            method: method, url: endpoint + path, headers: [header], body: method == "PUT" ? [] : nil,
            connection: ConnectionOptions(connectTimeout: Self.timeout), totalTimeout: Self.timeout)
        let response: HTTPResponse
        do throws(TransferError) {
            response = try pool.send(request)
        } catch {
            throw .unreachable(place: place, reason: error.description)
        }
        switch response.status {
        case 200: return String(decoding: response.body, as: UTF8.self)
        case 404: throw refusal("this instance has no role; give it one that may use the bucket")
        case 500...: throw .unreachable(place: place, reason: "status \(response.status)")
        default: throw refusal("status \(response.status)")
        }
    }

    private var place: String { "the instance metadata service at \(endpoint)" }

    private func refusal(_ reason: String) -> ObjectStoreError { .refused(place: place, reason: reason) }
}
