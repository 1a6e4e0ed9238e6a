/// How far one connection has locked a file, as SQLite counts it (sqlite.org/lockingv3.html).
enum FileLock: Int32, Comparable {
    case none = 0
    case shared, reserved, pending, exclusive

    static func < (left: FileLock, right: FileLock) -> Bool { left.rawValue < right.rawValue }
}

extension StoredFile {
    /// Raises the holder's lock; false where others are in the way.
    func lock(_ wanted: FileLock, for holder: ObjectIdentifier) -> Bool {
        let own = locks[holder] ?? .none
        guard own < wanted else { return true }
        let others = locks.filter { $0.key != holder }.values.max() ?? .none
        switch wanted {
        case .none: return true
        case .shared: guard others < .pending else { return false }
        case .reserved, .pending: guard others < .reserved else { return false }
        case .exclusive:
            guard others < .reserved else { return false }
            if others == .shared {
                locks[holder] = .pending
                return false
            }
        }
        locks[holder] = wanted
        return true
    }

    /// Lowers the holder's lock.
    func unlock(_ wanted: FileLock, for holder: ObjectIdentifier) {
        guard let own = locks[holder], own > wanted else { return }
        locks[holder] = wanted == .none ? nil : wanted
    }
}
