import Testing
import Transfer

@testable import ObjectStore

@Suite struct InstanceCredentialsTests {
    /// 2013-05-24T00:00:00Z
    private static let start: Int64 = 1_369_353_600_000
    private static let hour: Int64 = 3_600_000

    /// A metadata service whose keys are numbered and good for an hour from `start`; it asks for a token.
    private static func service(failingFrom limit: Int = .max) throws -> ScriptedServer {
        try ScriptedServer { request, count in
            if count >= limit { return .init(status: 500) }
            let isGood = request.headers["x-aws-ec2-metadata-token"] == "pass"
            switch (request.method, request.target) {
            case ("PUT", "/latest/api/token") where request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600":
                return .init(body: Array("pass".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/") where isGood:
                return .init(body: Array("role\n".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/role") where isGood:
                let json = """
                    {"Code": "Success", "AccessKeyId": "K\(count / 3)", "SecretAccessKey": "S", "Token": "T",
                     "Expiration": "2013-05-24T01:00:00Z"}
                    """
                return .init(body: Array(json.utf8))
            default: return .init(status: 401)
            }
        }
    }

    @Test func credentialsAreFetchedOnceAndAgainBeforeTheyExpire() throws {
        let server = try Self.service()
        let source = InstanceCredentials(endpoint: server.endpoint)
        let first = try source.credentials(at: Self.start)
        #expect(first.keyIdentifier == "K0")
        #expect(first.sessionToken == "T")
        #expect(try source.credentials(at: Self.start + Self.hour / 2) == first)
        #expect(server.requests.count == 3)
        #expect(try source.credentials(at: Self.start + Self.hour - 200_000).keyIdentifier == "K1")
    }

    @Test func whileTheyAreGoodTheyDo() throws {
        let server = try Self.service(failingFrom: 3)
        let source = InstanceCredentials(endpoint: server.endpoint)
        let first = try source.credentials(at: Self.start)
        #expect(try source.credentials(at: Self.start + Self.hour - 1) == first)
        #expect(throws: ObjectStoreError.self) { try source.credentials(at: Self.start + Self.hour) }
    }

    @Test func whatIsDiscardedIsFetchedAgain() throws {
        let server = try Self.service()
        let source = InstanceCredentials(endpoint: server.endpoint)
        let first = try source.credentials(at: Self.start)
        source.discard(first)
        let second = try source.credentials(at: Self.start)
        #expect(second.keyIdentifier == "K1")
        source.discard(first)
        #expect(try source.credentials(at: Self.start) == second)
    }

    @Test func aMachineWithoutARoleIsTold() throws {
        let server = try ScriptedServer { request, _ in request.method == "PUT" ? .init() : .init(status: 404) }
        let source = InstanceCredentials(endpoint: server.endpoint)
        let error = #expect(throws: ObjectStoreError.self) { try source.credentials(at: 0) }
        #expect(error?.refusal?.contains("no role") == true)
    }

    @Test func expiredCredentialsAreRenewedOnceForARequest() throws {
        let metadata = try Self.service()
        let source = InstanceCredentials(endpoint: metadata.endpoint)
        let server = try ScriptedServer { request, count in
            count == 0
                ? .init(status: 400, body: Array("<Error><Code>ExpiredToken</Code></Error>".utf8)) : .init(body: [1])
        }
        let surroundings = S3Surroundings(milliseconds: { Self.start }, sleep: { _ in }, chance: { 0 })
        let store = S3ObjectStore(
            S3Location(bucket: "b", region: "r", endpoint: server.endpoint), credentials: source,
            trust: .systemAuthorities, pageSize: 10, surroundings: surroundings)
        #expect(try store.get("a") == [1])
        let keys = server.requests.compactMap { $0.headers["authorization"]?.split(separator: "/").first?.suffix(2) }
        #expect(keys == ["K0", "K1"])
    }
}
