import Transfer

/// One request to S3, before it is signed.
struct S3Request {
    /// How long a request may take that carries at most 8 MiB either way.
    private static let usualTimeout = Duration.seconds(120)

    var method: String
    /// The whole key; nil for the bucket.
    var key: String?
    var query: [(name: String, value: String)] = []
    /// Headers that need not be signed.
    var headers: [HTTPHeader] = []
    var body: [UInt8]?
    var maximumResponseBytes = HTTPRequest.usualMaximumResponseBytes
    var timeout: Duration? = usualTimeout
    /// The statuses below 500 that are answers, beside 200 to 299.
    var answers: Set<Int> = []
}

/// The answer to a request.
struct S3Answer {
    var response: HTTPResponse
    /// Whether an earlier attempt may have been carried out although it was not answered.
    var isRepeated: Bool

    var status: Int { response.status }

    /// The body as XML.
    func document(from place: String) throws(ObjectStoreError) -> XMLElement {
        do throws(XMLReader.Malformed) {
            return try XMLElement(document: response.body)
        } catch {
            throw .refused(place: place, reason: "its answer is no XML of S3")
        }
    }
}
