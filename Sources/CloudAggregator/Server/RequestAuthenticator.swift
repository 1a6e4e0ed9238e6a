import Cryptography
import HTTPTypes
import Hummingbird
import Signing
import Synchronization

/// Checks the signatures of control requests (RFC 9421) and that none is sent twice.
final class RequestAuthenticator: Sendable {
    private static let memberPrefix = "control="

    private let clock: WallClock
    private let nonces = Mutex(NonceCache())

    init(clock: WallClock) {
        self.clock = clock
    }

    /// The `keyid` that a request claims, not yet proven.
    func claimedKeyIdentifier(of request: Request) throws(Refusal) -> String {
        guard let input = Self.header("signature-input", of: request), input.hasPrefix(Self.memberPrefix) else {
            throw .unauthorized("the request is not signed")
        }
        do throws(SigningError) {
            let parameters = try SignatureParameters(parsing: input.dropFirst(Self.memberPrefix.count))
            guard let identifier = parameters.keyIdentifier else { throw .missingComponent("keyid") }
            return identifier
        } catch {
            throw .unauthorized("\(error)")
        }
    }

    /// Throws unless the request with that body is signed by `key` under the name `keyIdentifier`, lately and for the
    /// first time.
    func verify(_ request: Request, body: [UInt8], key: PublicKey, keyIdentifier: String) throws(Refusal) {
        let signed = HTTPSignature.Request(
            method: request.method.rawValue, authority: request.head.authority?.lowercased() ?? "",
            path: request.uri.path, query: request.uri.query ?? "", body: body)
        let signer: HTTPSignature.Signer
        do throws(SigningError) {
            signer = try HTTPSignature.verify(
                signed, header: { Self.header($0, of: request) }, now: clock.seconds,
                key: { $0 == keyIdentifier ? key : nil })
        } catch {
            throw .unauthorized("\(error)")
        }
        let entry = NonceCache.Entry(key: signer.keyIdentifier, nonce: signer.nonce)
        switch nonces.withLock({ $0.admit(entry, created: signer.created, now: clock.seconds) }) {
        case .fresh: return
        case .replayed: throw .replayed
        case .full: throw .busy(retryAfterSeconds: 30)
        }
    }

    private static func header(_ name: String, of request: Request) -> String? {
        HTTPField.Name(name).flatMap { request.headers[$0] }
    }
}
