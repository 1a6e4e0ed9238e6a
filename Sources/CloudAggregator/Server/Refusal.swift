import BatchFormat
import FleetProtocol
import HTTPTypes
import Hummingbird
import ObjectStore
import PostgreSQL
import SQLite

/// Why a request is not granted; the answer is `application/problem+json` (RFC 9457).
enum Refusal: Error, Equatable {
    case malformed(String)
    case notFound
    case methodNotAllowed
    case lengthRequired
    case wrongType(expected: String)
    case tooLarge(limit: Int)
    case invalidToken
    case unknownDevice
    case unauthorized(String)
    case replayed
    case pending
    case revoked
    case conflict(BatchIdentity)
    case unknownEpoch(Int64)
    case unknownStream(String)
    case foreignFleet(String)
    case batch(BatchError)
    case misdirected
    case busy(retryAfterSeconds: Int)
    case overloaded(retryAfterSeconds: Int)
    case storageFull
    case storeUnreachable
    case warehouseUnreachable
    case failed

    /// The word that names the kind of problem, the status, and what is wrong in general.
    private var kind: (name: String, status: HTTPResponse.Status, title: String) {
        switch self {
        case .malformed: ("malformed", .badRequest, "The request is not readable")
        case .notFound: ("not-found", .notFound, "There is nothing here")
        case .methodNotAllowed: ("method-not-allowed", .methodNotAllowed, "Not with this method")
        case .lengthRequired: ("length-required", .lengthRequired, "The request has no Content-Length")
        case .wrongType: ("wrong-type", .unsupportedMediaType, "The body is of the wrong type")
        case .tooLarge: ("too-large", .contentTooLarge, "The body is too large")
        case .invalidToken: ("invalid-token", .unauthorized, "The invitation is not good")
        case .unknownDevice: ("unknown-device", .unauthorized, "The device is not known")
        case .unauthorized: ("invalid-signature", .unauthorized, "The signature is not good")
        case .replayed: ("replayed", .unauthorized, "The request was sent before")
        case .pending: ("pending", .forbidden, "The device is not accepted yet")
        case .revoked: ("revoked", .forbidden, "The device is revoked")
        case .conflict: ("conflict", .conflict, "Another batch of this identity was merged")
        case .unknownEpoch: ("unknown-epoch", .conflict, "The epoch was not issued")
        case .unknownStream: ("unknown-stream", .unprocessableContent, "The stream is not declared")
        case .foreignFleet: ("foreign-fleet", .unprocessableContent, "The batch belongs to another fleet")
        case .batch(let error): (error.problemName, .init(code: error.httpStatus), "The batch is not good")
        case .misdirected: ("misdirected", .misdirectedRequest, "Not under this host name")
        case .busy: ("busy", .serviceUnavailable, "Too much at once")
        case .overloaded: ("overloaded", .tooManyRequests, "More comes in than can be merged")
        case .storageFull: ("storage-full", .serviceUnavailable, "No space is left")
        case .storeUnreachable: ("store-unreachable", .serviceUnavailable, "The raw store is out of reach")
        case .warehouseUnreachable:
            ("warehouse-unreachable", .serviceUnavailable, "The database of the tables is out of reach")
        case .failed: ("failed", .internalServerError, "The server failed")
        }
    }

    /// What is wrong with this request.
    private var detail: String {
        switch self {
        case .malformed(let reason), .unauthorized(let reason): reason
        case .notFound: "no such path"
        case .methodNotAllowed: "the path knows other methods"
        case .lengthRequired: "send the length of the body, not chunks"
        case .wrongType(let expected): "Content-Type must be \(expected)"
        case .tooLarge(let limit): "at most \(limit) bytes are taken"
        case .invalidToken: "the token is wrong, used or expired; ask for a new invitation"
        case .unknownDevice: "it must enroll first"
        case .replayed: "the nonce has been seen"
        case .pending: "an operator must run 'waystation-cloud device accept'"
        case .revoked: "an operator has revoked it; a new key and a new invitation are needed"
        case .conflict(let identity): "\(identity) with other content is merged; seal again under a new epoch"
        case .unknownEpoch(let epoch): "epoch \(epoch) is greater than any issued; ask for a new one and seal again"
        case .unknownStream(let name): "no stream file declares '\(name)'"
        case .foreignFleet(let name): "this cloud does not serve the fleet '\(name)'"
        case .batch(let error): error.description
        case .misdirected: "the dashboard answers on loopback names only"
        case .busy, .overloaded: "try again later"
        case .storageFull: "the server's disk is full"
        case .storeUnreachable: "batches cannot be kept at the moment"
        case .warehouseUnreachable: "batches cannot be merged at the moment"
        case .failed: "the reason is in the server's log"
        }
    }

    /// The word that names the kind of problem.
    var name: String { kind.name }
    /// The status of the answer.
    var status: HTTPResponse.Status { kind.status }

    /// What is wrong, in general and with this request.
    var sentence: String { "\(kind.title): \(detail)" }

    /// Whether so much of the request's body may be left that it must not be waited for.
    var endsConnection: Bool {
        switch self {
        case .tooLarge, .lengthRequired: true
        default: false
        }
    }

    /// The answer.
    var response: Response {
        let kind = kind
        let problem = Problem(kind.name, status: kind.status.code, title: kind.title, detail: detail)
        var response = Response(
            status: kind.status, headers: [.contentType: MediaType.problem],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.json)))
        switch self {
        case .busy(let seconds), .overloaded(let seconds): response.headers[.retryAfter] = String(seconds)
        case .storageFull: response.headers[.retryAfter] = "60"
        case .storeUnreachable, .warehouseUnreachable: response.headers[.retryAfter] = "15"
        default: break
        }
        if endsConnection { response.headers[.connection] = "close" }
        return response
    }

    /// The refusal that an error of the layers below means; nil where it is our own failure.
    init?(_ error: any Error) {
        switch error {
        case let error as Refusal: self = error
        case let error as BatchError: self = .batch(error)
        case ObjectStoreError.full: self = .storageFull
        case ObjectStoreError.unreachable: self = .storeUnreachable
        case let error as SQLiteError where error.isFull: self = .storageFull
        case let error as SQLiteError where error.isBusy: self = .busy(retryAfterSeconds: 1)
        case let error as PostgreSQLError where error.isFull: self = .storageFull
        case let error as PostgreSQLError where error.isUnavailable: self = .warehouseUnreachable
        case let error as HTTPError where error.status == .notFound: self = .notFound
        case let error as HTTPError where error.status == .methodNotAllowed: self = .methodNotAllowed
        case let error as HTTPError where error.status == .contentTooLarge: self = .tooLarge(limit: 0)
        default: return nil
        }
    }
}

extension BatchError {
    fileprivate var problemName: String {
        switch self {
        case .malformed, .signing(.malformed), .signing(.wrongType): "malformed-batch"
        case .tooLarge: "batch-too-large"
        case .mismatch: "batch-mismatch"
        case .signing: "invalid-signature"
        }
    }
}
