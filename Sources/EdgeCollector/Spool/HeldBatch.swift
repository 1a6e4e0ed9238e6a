import BatchFormat

/// A sealed batch that is in memory alone.
struct HeldBatch {
    let closed: ClosedBatch
    let seal: BatchSeal
    /// Head and frames, as they travel.
    let file: [UInt8]
    /// When it was sealed, on the monotonic clock.
    let sealedAt: Duration
    /// The resume point and position of its stream when it was closed.
    let resume: Int64?
    let position: SourcePosition?

    /// The frames alone.
    var frames: [UInt8] { Array(file[seal.head.count...]) }
}

/// The name of a sealed batch and the proof of it.
struct BatchSeal {
    let name: BatchIdentity
    /// The signed header of the file.
    let head: [UInt8]
    let manifestSHA256: [UInt8]
}
