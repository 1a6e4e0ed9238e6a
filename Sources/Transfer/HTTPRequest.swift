/// A request over HTTP/1.1 or HTTP/2. Redirects are not followed: they are answers.
public struct HTTPRequest: Sendable {
    /// The longest body of an answer where the request does not say otherwise: 1 MiB.
    public static let usualMaximumResponseBytes = 1 << 20

    /// `GET`, `PUT`, ...
    public var method: String
    /// The whole address, `https://` or `http://`.
    public var url: String
    /// Headers in the order they are sent; libcurl adds `Host`, `Accept`, `Content-Length`.
    public var headers: [HTTPHeader]
    /// The body; nil sends none.
    public var body: [UInt8]?
    /// How the server is reached.
    public var connection: ConnectionOptions
    /// How long the whole transfer may take; nil for a streamed answer without end.
    public var totalTimeout: Duration?
    /// The longest body of an answer; a longer one is an error. A streamed answer may be of any length.
    public var maximumResponseBytes: Int
    /// The most bytes of the body sent in a second; nil for as fast as it goes.
    public var maximumSendBytesPerSecond: Int?

    /// A request.
    public init(
        method: String = "GET", url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        connection: ConnectionOptions = ConnectionOptions(), totalTimeout: Duration? = .seconds(60),
        maximumResponseBytes: Int = usualMaximumResponseBytes, maximumSendBytesPerSecond: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connection = connection
        self.totalTimeout = totalTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumSendBytesPerSecond = maximumSendBytesPerSecond
    }
}
