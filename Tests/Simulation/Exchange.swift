import Transfer

/// One request of a device to the cloud and what became of it; the two ends may know different things.
final class Exchange {
    let identifier: TransferIdentifier
    let request: HTTPRequest
    /// Whether the device has an answer, or has given up.
    var isOver = false
    /// Whether the request never arrives.
    var isRequestLost = false
    /// Whether an answer never arrives.
    var isReplyLost = false

    init(_ identifier: TransferIdentifier, _ request: HTTPRequest) {
        (self.identifier, self.request) = (identifier, request)
    }
}
