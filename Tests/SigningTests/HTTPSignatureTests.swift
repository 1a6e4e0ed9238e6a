import Cryptography
import Testing

@testable import Signing

@Suite struct HTTPSignatureTests {
    let key: PrivateKey
    let request = HTTPSignature.Request(
        method: "POST", authority: "example.com", path: "/v1/enroll", query: "a=1", body: Array("{}".utf8))

    init() throws {
        key = try PrivateKey(
            pem: """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
                -----END PRIVATE KEY-----

                """)
    }

    @Test("RFC 9421 B.2.6: the base and the Ed25519 signature of the example request")
    func exampleOfTheStandard() throws {
        let text =
            #"("date" "@method" "@path" "@authority" "content-type" "content-length")"#
            + #";created=1618884473;keyid="test-key-ed25519""#
        let values = [
            "date": "Tue, 20 Apr 2021 02:07:55 GMT", "@method": "POST", "@path": "/foo", "@authority": "example.com",
            "content-type": "application/json", "content-length": "18",
        ]
        let parameters = try SignatureParameters(parsing: text)
        #expect(parameters.text == text)
        #expect(parameters.created == 1_618_884_473)
        let base = try parameters.base { values[$0] }
        #expect(
            String(decoding: base, as: UTF8.self) == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@method": POST
                "@path": /foo
                "@authority": example.com
                "content-type": application/json
                "content-length": 18
                "@signature-params": \(text)
                """)
        let expected = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
        #expect(Base64.encode(try key.sign(base)) == expected)
    }

    private func headers(of request: HTTPSignature.Request) throws -> [String: String] {
        let fields = try HTTPSignature.sign(request, key: key, keyIdentifier: "edge", created: 1000, nonce: "n1")
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
    }

    private func verify(
        _ request: HTTPSignature.Request, _ headers: [String: String], now: Int64 = 1000
    ) throws(SigningError) -> HTTPSignature.Signer {
        try HTTPSignature.verify(request, header: { headers[$0] }, now: now) { $0 == "edge" ? key.publicKey : nil }
    }

    @Test func aSignedRequestIsVerified() throws {
        let signer = try verify(request, headers(of: request))
        #expect(signer == HTTPSignature.Signer(keyIdentifier: "edge", nonce: "n1", created: 1000))
    }

    @Test(arguments: ["method", "authority", "path", "query", "body"])
    func anyChangedPartIsRefused(part: String) throws {
        var changed = request
        switch part {
        case "method": changed.method = "PUT"
        case "authority": changed.authority = "example.org"
        case "path": changed.path = "/v1/enrol"
        case "query": changed.query = "a=2"
        default: changed.body = Array("{ }".utf8)
        }
        let headers = try headers(of: request)
        #expect(throws: SigningError.self) { try verify(changed, headers) }
    }

    @Test(arguments: ["content-digest", "signature-input", "signature"])
    func aMissingHeaderIsRefused(name: String) throws {
        var headers = try headers(of: request)
        headers[name] = nil
        #expect(throws: SigningError.self) { try verify(request, headers) }
    }

    @Test(arguments: [
        ("@method", #""@authority" "@path" "@query" "content-digest""#),
        ("@query", #""@method" "@authority" "@path" "content-digest""#),
        ("content-digest", #""@method" "@authority" "@path" "@query""#),
    ])
    func aSignatureThatCoversLessIsRefused(missing: String, list: String) throws {
        var headers = try headers(of: request)
        headers["signature-input"] = #"control=(\#(list));created=1000;keyid="edge";nonce="n";tag="waystation-control""#
        #expect(throws: SigningError.missingComponent(missing)) { try verify(request, headers) }
    }

    @Test(arguments: [699, 1301, Int64.min, Int64.max])
    func aSignatureOutsideTheWindowIsRefused(now: Int64) throws {
        let headers = try headers(of: request)
        #expect { try verify(request, headers, now: now) } throws: { error in
            if case .outsideTimeWindow = error as? SigningError { true } else { false }
        }
    }

    @Test(arguments: [700, 1300])
    func aSignatureAtTheEdgeOfTheWindowIsTaken(now: Int64) throws {
        #expect(try verify(request, headers(of: request), now: now).nonce == "n1")
    }

    @Test(arguments: [
        "", "control", "control=", "control=(", "control=()", "control=(\"@method)", "other=(\"@method\")",
        "control=(\"@method\");created=x", "control=(\"@method\");unknown=1", "control=(\"@method\");alg=\"rsa\"",
    ])
    func unreadableParametersAreRefused(input: String) throws {
        var headers = try headers(of: request)
        headers["signature-input"] = input
        #expect(throws: SigningError.self) { try verify(request, headers) }
    }

    @Test func anUnknownKeyIsRefused() throws {
        let fields = try HTTPSignature.sign(request, key: key, keyIdentifier: "stranger", created: 1000, nonce: "n")
        let headers = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
        #expect(throws: SigningError.unknownKey("stranger")) { try verify(request, headers) }
    }
}
