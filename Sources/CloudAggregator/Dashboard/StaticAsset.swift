import Cryptography
import HTTPTypes
import Hummingbird

/// A file of the dashboard, read when the server starts.
struct StaticAsset: Sendable {
    /// The policy of every page: nothing from elsewhere, no script or style inside the page, no frame around it.
    static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        font-src 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    private let body: ByteBuffer
    private let contentType: String
    private let entityTag: String

    /// The file at `path`, named by that key of `[dashboard]`.
    init(path: String, contentType: String, key: String) throws(CloudError) {
        let bytes: [UInt8]
        do throws(CloudError) {
            bytes = try SmallFile.read(path)
        } catch {
            throw .unusable(key: key, section: "dashboard", path: path, reason: error.reason)
        }
        body = ByteBuffer(bytes: bytes)
        self.contentType = contentType
        entityTag = "\"\(Hexadecimal.encode(SHA256.digest(bytes)).prefix(32))\""
    }

    /// The answer to a request for it: 304 where the browser has it already.
    func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: entityTag, .cacheControl: "no-cache"]
        if request.headers[.ifNoneMatch] == entityTag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        headers[.contentLength] = String(body.readableBytes)
        let isHead = request.method == .head
        return Response(
            status: .ok, headers: headers, body: isHead ? ResponseBody() : ResponseBody(byteBuffer: body))
    }
}
