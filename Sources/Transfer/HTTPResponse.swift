/// An answer over HTTP, of whatever status.
public struct HTTPResponse: Hashable, Sendable {
    /// The status, 200 to 599.
    public var status: Int
    /// The headers in the order they came.
    public var headers: [HTTPHeader]
    /// The body; empty where it is streamed.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of that name, whatever its case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}
