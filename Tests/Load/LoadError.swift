/// Why the load could not be put on.
enum LoadError: Error, CustomStringConvertible {
    /// The configured address of the cloud is not readable.
    case noAddress(String)
    /// The cloud has answered a request of the preparation with something else than 200.
    case refused(path: String, status: Int, problem: String)
    /// The connection has ended before the answer.
    case cut
    /// The file of the prepared batches could not be used.
    case file(operation: String, reason: String)
    /// A receipt does not speak of the batch that was sent.
    case foreignReceipt(path: String)
    /// Batches are without a receipt at the end.
    case unanswered(Int)

    var description: String {
        switch self {
        case .noAddress(let url): "the configured address '\(url)' has no host and port"
        case .refused(let path, let status, let problem): "\(path) was answered with \(status): \(problem)"
        case .cut: "the cloud has ended the connection"
        case .file(let operation, let reason): "the prepared batches: cannot \(operation): \(reason)"
        case .foreignReceipt(let path): "the receipt for \(path) speaks of another batch"
        case .unanswered(let count): "\(count) batches have no receipt"
        }
    }
}
