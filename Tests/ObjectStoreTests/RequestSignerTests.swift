import Testing
import Transfer

@testable import ObjectStore

/// The examples of "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference.
@Suite struct RequestSignerTests {
    private static let credentials = S3Credentials(
        keyIdentifier: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    /// 2013-05-24T00:00:00Z
    private static let time: Int64 = 1_369_353_600_000

    private func headers(query: String, _ credentials: S3Credentials = credentials) -> [HTTPHeader] {
        RequestSigner(region: "us-east-1").headers(
            method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/", query: query, body: [],
            credentials: credentials, milliseconds: Self.time)
    }

    @Test(arguments: [
        ([("lifecycle", "")], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            [("prefix", "J"), ("max-keys", "2")], "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ])
    func theSignatureIsThatOfTheExample(query: [(name: String, value: String)], signature: String) {
        let headers = headers(query: PercentEncoding.query(query))
        #expect(headers.first { $0.name == "x-amz-date" }?.value == "20130524T000000Z")
        #expect(
            headers.last?.value == """
                AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
                SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=\(signature)
                """)
    }

    @Test func aSessionTokenIsSentAndSigned() {
        var temporary = Self.credentials
        temporary.sessionToken = "token"
        let headers = headers(query: "", temporary)
        #expect(headers.contains(HTTPHeader("x-amz-security-token", "token")))
        #expect(headers.last?.value.contains("x-amz-date;x-amz-security-token,") == true)
    }
}
