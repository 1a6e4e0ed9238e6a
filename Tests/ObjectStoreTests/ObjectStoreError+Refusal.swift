import ObjectStore

extension ObjectStoreError {
    /// Why the store refuses; nil where it does not.
    var refusal: String? {
        if case .refused(_, let reason) = self { reason } else { nil }
    }

    var isUnreachable: Bool {
        if case .unreachable = self { true } else { false }
    }
}
