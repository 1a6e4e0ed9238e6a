import Cryptography
import FleetProtocol
import Transfer

/// What everything that talks to the cloud shares: who this device is, whom it believes and what time it is.
final class CloudLink {
    let transfers: any Transfers
    let signer: RequestSigner
    let grant: EnrolmentGrant
    let log: EdgeLog
    private(set) var time: TrustedTime

    /// Called when the cloud has answered.
    var didAnswer: () -> Void = {}

    init(
        transfers: any Transfers, enrolment: Enrolment, cloud: CloudAddress, key: PrivateKey, state: StateDirectory,
        proxy: String? = nil, time: TrustedTime, log: EdgeLog
    ) {
        self.transfers = transfers
        self.time = time
        self.log = log
        grant = enrolment.grant
        signer = RequestSigner(
            cloud: cloud, key: key, keyIdentifier: grant.device,
            connection: ConnectionOptions(
                trust: .authority(file: state.path(of: Enrolment.authorityName)), proxy: proxy))
    }

    /// Now.
    var moment: Moment { time.moment }

    /// How the cloud is reached now.
    var connection: ConnectionOptions {
        var connection = signer.connection
        connection.certificateMilliseconds = moment.certificateMilliseconds
        return connection
    }

    /// Begins a signed request.
    func begin(
        _ method: String, _ path: String, query: String = "", body: [UInt8]? = nil, timeout: Duration,
        maximumResponseBytes: Int = HTTPRequest.usualMaximumResponseBytes
    ) throws -> TransferIdentifier {
        transfers.begin(
            try signer.request(
                method, path, query: query, body: body, timeout: timeout, at: signingMilliseconds,
                maximumResponseBytes: maximumResponseBytes, connection: connection))
    }

    /// Takes a time the cloud has signed for.
    func receive(serverMilliseconds: Int64) {
        time.receive(serverMilliseconds: serverMilliseconds)
    }

    /// Looks at an answer for what concerns all: that there is one, and whether it was refused for this machine's wrong
    /// clock. True in that case: the clock is put right by the cloud's own, and the request may be made again at once.
    func noteAnswer(_ response: HTTPResponse) -> Bool {
        didAnswer()
        guard let right = RequestSigner.correctedMilliseconds(response, signedAt: signingMilliseconds) else {
            return false
        }
        log(.warning, "This machine's clock is wrong; requests are signed with the cloud's time.")
        time.receive(serverMilliseconds: right)
        return true
    }

    /// Looks at a request without an answer for what concerns all: whether the wrong clock may be the reason.
    func noteFailure(_ error: TransferError) {
        guard case .untrustedServer = error else { return }
        time.certificateWasRefused()
    }

    private var signingMilliseconds: Int64 { time.serverMilliseconds ?? time.moment.milliseconds }
}
