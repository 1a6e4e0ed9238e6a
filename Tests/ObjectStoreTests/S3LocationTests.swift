import Testing

@testable import ObjectStore

@Suite struct S3LocationTests {
    @Test(arguments: [
        (S3Location(bucket: "b", region: "eu-west-1"), "https://b.s3.eu-west-1.amazonaws.com/dt%3D1/%C3%A9"),
        (
            S3Location(bucket: "b", region: "eu-west-1", addressing: .path),
            "https://s3.eu-west-1.amazonaws.com/b/dt%3D1/%C3%A9"
        ),
        (S3Location(bucket: "b", region: "r", endpoint: "http://[::1]:9000"), "http://[::1]:9000/b/dt%3D1/%C3%A9"),
        (
            S3Location(bucket: "b", region: "r", endpoint: "http://host:9000", addressing: .virtualHost),
            "http://b.host:9000/dt%3D1/%C3%A9"
        ),
    ])
    func theAddressIsThatOfTheKind(location: S3Location, url: String) {
        #expect(location.url(path: location.path(of: "dt=1/é"), query: "") == url)
    }

    @Test func theBucketItselfHasAnAddress() {
        let location = S3Location(bucket: "b", region: "r", endpoint: "http://host:9000")
        #expect(location.url(path: location.path(of: nil), query: "uploads=") == "http://host:9000/b?uploads=")
        #expect(S3Location(bucket: "b", region: "r").path(of: nil) == "/")
    }

    @Test func aPrefixEndsWithASlash() {
        #expect(S3Location(bucket: "b", prefix: "p/q", region: "r").prefix == "p/q/")
        #expect(S3Location(bucket: "b", prefix: "p/", region: "r").prefix == "p/")
        #expect(S3Location(bucket: "b", region: "r").prefix == "")
    }
}
