/// Which of the batches that wait is uploaded next.
public enum UploadOrder: String, Hashable, Sendable, CaseIterable {
    /// A batch newer than all that were sent goes at once; the backlog goes in order behind it. The cloud's tables do not
    /// depend on the order, and its views are fresh while the backlog drains.
    case liveFirst = "live-first"
    /// The oldest first, and the next only when that one is answered: the cloud merges in the order of sealing.
    case strict
}
