import BatchFormat
import Hummingbird
import NIOCore
import Signing

/// The body of an upload, taken in order: first the head with the signed envelope, then the frames.
struct UploadBody {
    private var iterator: RequestBody.AsyncIterator
    private var rest = ByteBuffer()
    /// The bytes of the head as they came, to be stored before the frames.
    private(set) var head: [UInt8] = []

    init(_ body: RequestBody) {
        iterator = body.makeAsyncIterator()
    }

    /// Reads no further than the end of the envelope, give or take what had arrived with it.
    mutating func readEnvelope() async throws -> Envelope {
        do {
            let prefix = try await read(SealedHeader.prefixByteCount)
            let count = try SealedHeader.envelopeByteCount(prefix: prefix)
            let envelope = try await read(count)
            guard envelope.count == count else { throw SigningError.malformed("shorter than its envelope") }
            head = prefix + envelope
            return try Envelope(json: envelope)
        } catch let error as SigningError {
            throw BatchError.signing(error)
        }
    }

    /// Reads all that is left; stops with an error once it is more than `limit` bytes.
    mutating func readFrames(limit: Int) async throws -> [UInt8] {
        var frames: [UInt8] = []
        frames.reserveCapacity(limit)
        while true {
            frames += rest.readableBytesView
            guard frames.count <= limit else { throw BatchError.mismatch("more than \(limit) bytes of frames") }
            guard let next = try await iterator.next() else { return frames }
            rest = next
        }
    }

    /// As many bytes, or fewer where the body ends.
    private mutating func read(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            bytes += rest.readBytes(length: min(count - bytes.count, rest.readableBytes)) ?? []
            guard bytes.count < count, let next = try await iterator.next() else { return bytes }
            rest = next
        }
    }
}
