import Transfer

/// Signs requests, sends them, and sends them again where that may help. Blocks; any thread may call.
final class S3Client: Sendable {
    /// What an attempt has come to.
    private enum Outcome {
        case answer(HTTPResponse)
        /// The credentials are no longer good.
        case expired(S3Failure)
        /// It may go better the next time.
        case failed(reason: String, retryAfter: String?)
    }

    let location: S3Location
    let surroundings: S3Surroundings
    private let credentials: any S3CredentialSource
    private let connection: ConnectionOptions
    private let signer: RequestSigner
    private let pool = TransferPool()

    init(
        _ location: S3Location, credentials: any S3CredentialSource, trust: ServerTrust, surroundings: S3Surroundings
    ) {
        self.location = location
        self.credentials = credentials
        self.surroundings = surroundings
        connection = ConnectionOptions(trust: trust)
        signer = RequestSigner(region: location.region)
    }

    /// The answer, which is one of those hoped for.
    @discardableResult
    func perform(_ request: S3Request) throws(ObjectStoreError) -> S3Answer {
        try repeating { key throws(ObjectStoreError) in
            let response: HTTPResponse
            do throws(TransferError) {
                response = try pool.send(signed(request, key))
            } catch {
                return try outcome(of: error)
            }
            return try outcome(of: response, to: request)
        }
    }

    /// The answer without its body, of which `sink` is given each piece where the status is from 200 to 299. An attempt
    /// that breaks off after that is not repeated.
    func perform(
        _ request: S3Request, to sink: (HTTPResponse, [UInt8]) -> Bool
    ) throws(ObjectStoreError) -> S3Answer {
        var hasBegun = false
        return try repeating { key throws(ObjectStoreError) in
            var refusal: [UInt8] = []
            var response: HTTPResponse
            do throws(TransferError) {
                response = try pool.stream(signed(request, key)) { head, bytes in
                    if (200..<300).contains(head.status) {
                        hasBegun = true
                        return sink(head, bytes)
                    }
                    refusal += bytes
                    return refusal.count <= request.maximumResponseBytes
                }
            } catch {
                if hasBegun { throw unreachable(error.description) }
                return try outcome(of: error)
            }
            response.body = refusal
            return try outcome(of: response, to: request)
        }
    }

    /// Has `attempt` try until there is an answer.
    private func repeating(
        _ attempt: (S3Credentials) throws(ObjectStoreError) -> Outcome
    ) throws(ObjectStoreError) -> S3Answer {
        var schedule = RetrySchedule()
        var hasRenewed = false
        while true {
            let key = try credentials.credentials(at: surroundings.milliseconds())
            let (reason, retryAfter): (String, String?)
            switch try attempt(key) {
            case .answer(let response): return S3Answer(response: response, isRepeated: schedule.attempts > 0)
            case .expired(let failure):
                guard !hasRenewed else { throw refusal(failure.sentence) }
                credentials.discard(key)
                hasRenewed = true
                continue
            case .failed(let why, let after): (reason, retryAfter) = (why, after)
            }
            guard let pause = schedule.pause(chance: surroundings.chance(), retryAfter: retryAfter) else {
                throw unreachable(reason)
            }
            surroundings.sleep(pause)
        }
    }

    /// The store does not do what it is asked.
    func refusal(_ reason: String) -> ObjectStoreError { .refused(place: location.place, reason: reason) }

    /// The store does not answer.
    func unreachable(_ reason: String) -> ObjectStoreError { .unreachable(place: location.place, reason: reason) }

    private func outcome(of error: TransferError) throws(ObjectStoreError) -> Outcome {
        switch error {
        case .unreachable, .timedOut, .connectionLost: .failed(reason: error.description, retryAfter: nil)
        default: throw refusal(error.description)
        }
    }

    private func outcome(of response: HTTPResponse, to request: S3Request) throws(ObjectStoreError) -> Outcome {
        let isGood = (200..<300).contains(response.status)
        // Only what is asked by POST may take long, and is answered with 200 before its end is known.
        if request.answers.contains(response.status) || isGood && request.method != "POST" { return .answer(response) }
        let failure = S3Failure(response)
        if isGood, failure.code.isEmpty { return .answer(response) }
        if failure.isExpired { return .expired(failure) }
        guard failure.isTransient else { throw refusal(failure.sentence) }
        return .failed(reason: failure.sentence, retryAfter: response.header("Retry-After"))
    }

    private func signed(_ request: S3Request, _ key: S3Credentials) -> HTTPRequest {
        let path = location.path(of: request.key)
        let query = PercentEncoding.query(request.query)
        let headers = signer.headers(
            method: request.method, host: location.host, path: path, query: query, body: request.body ?? [],
            credentials: key, milliseconds: surroundings.milliseconds())
        return HTTPRequest(
            method: request.method, url: location.url(path: path, query: query), headers: headers + request.headers,
            body: request.body, connection: connection, totalTimeout: request.timeout,
            maximumResponseBytes: request.maximumResponseBytes)
    }
}
