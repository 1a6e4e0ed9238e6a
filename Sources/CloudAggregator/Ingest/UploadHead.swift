import BatchFormat
import FleetProtocol
import HTTPTypes
import Hummingbird

/// What an upload says of itself before its body: its identity, its length, what waits behind it.
struct UploadHead: Hashable, Sendable {
    /// The identity in the path.
    let identity: BatchIdentity
    /// The length of the whole file.
    let byteCount: Int
    /// The batches that still wait on the device.
    let backlogBatches: Int64
    /// Their bytes.
    let backlogBytes: Int64

    /// The head of a file that says all of itself.
    init(identity: BatchIdentity, byteCount: Int) {
        (self.identity, self.byteCount) = (identity, byteCount)
        (backlogBatches, backlogBytes) = (0, 0)
    }

    /// Reads path and header fields; refuses a wrong type, a missing length and one beyond the limit.
    init(_ request: Request, parameters: Parameters, limits: BatchLimits) throws(Refusal) {
        guard let device = parameters.get("device"), Self.isDeviceIdentifier(device),
            let epoch = parameters.get("epoch").flatMap({ Int64($0) }), epoch >= 1,
            let sequence = parameters.get("sequence").flatMap({ Int64($0) }), sequence >= 1
        else { throw .malformed("the path must be /v1/batches/DEVICE/EPOCH/SEQUENCE") }
        guard request.headers[.contentType] == MediaType.batch else { throw .wrongType(expected: MediaType.batch) }
        guard request.headers[.transferEncoding] == nil,
            let length = request.headers[.contentLength].flatMap({ Int($0) }), length >= 0
        else { throw .lengthRequired }
        guard length <= limits.wireBytes else { throw .tooLarge(limit: limits.wireBytes) }
        identity = BatchIdentity(device: device, epoch: epoch, sequence: sequence)
        byteCount = length
        backlogBatches = Self.count(request, Endpoint.backlogBatchesHeader)
        backlogBytes = Self.count(request, Endpoint.backlogBytesHeader)
    }

    private static func isDeviceIdentifier(_ text: String) -> Bool {
        text.utf8.count == 16
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// A number that only informs: nothing is refused for it.
    private static func count(_ request: Request, _ name: String) -> Int64 {
        let text = HTTPField.Name(name).flatMap { request.headers[$0] }
        return max(0, text.flatMap { Int64($0) } ?? 0)
    }
}
