import JSON

/// Where a message says when it was made.
public struct MessageTime: Sendable {
    /// `mtime`, in milliseconds since 1970, as the streams of Meetup have it.
    public static let mtime = MessageTime(path: JSONPath("mtime")) { $0 }

    private let path: JSONPath
    private let milliseconds: @Sendable (Int64) -> Int64?

    /// - Parameter milliseconds: makes milliseconds since 1970 of the number there.
    public init(path: JSONPath, milliseconds: @escaping @Sendable (Int64) -> Int64?) {
        (self.path, self.milliseconds) = (path, milliseconds)
    }

    func milliseconds(of message: JSONElement) -> Int64? {
        message[path]?.integer.flatMap(milliseconds)
    }
}
