/// What may go wrong in a run. Each seed draws which kinds do: runs with few of them find what many would hide.
enum FaultKind: String, CaseIterable {
    // At times that are drawn, for a while.
    case cloudCut, sourceCut, bothCut, slowCloud, stuckSource, cloudCrash, cloudRefusal, sourceDown, kill, powerCut
    case restart, restoredDisk, fullDisk, failingDisk, wallJump, damage
    // All the time.
    case lostReplies, repeatedRequests, awkwardLines, smallQuota, refusedFetches

    /// Whether it comes at times that are drawn.
    var isTimed: Bool {
        switch self {
        case .lostReplies, .repeatedRequests, .awkwardLines, .smallQuota, .refusedFetches: false
        default: true
        }
    }
}
