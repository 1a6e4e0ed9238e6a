import CSQLite

/// The shared memory of a file in write-ahead mode: gone with its last user, and never on the disk.
final class SharedMemory {
    private var regions: [UnsafeMutableRawPointer] = []
    private var users: [ObjectIdentifier: (shared: UInt32, exclusive: UInt32)] = [:]

    deinit { free() }

    /// How many regions there are.
    var regionCount: Int { regions.count }

    /// The region of that number; made, with those before it, where `size` is given.
    func region(_ number: Int, extendingBy size: Int?, for user: ObjectIdentifier) -> UnsafeMutableRawPointer? {
        if users[user] == nil { users[user] = (0, 0) }
        while let size, regions.count <= number {
            let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            regions.append(region)
        }
        return number < regions.count ? regions[number] : nil
    }

    /// Takes or gives back locks; false where others are in the way.
    func lock(_ mask: UInt32, flags: Int32, for user: ObjectIdentifier) -> Bool {
        var own = users[user] ?? (0, 0)
        if flags & SQLITE_SHM_UNLOCK != 0 {
            own.shared &= ~mask
            own.exclusive &= ~mask
        } else {
            let isExclusive = flags & SQLITE_SHM_EXCLUSIVE != 0
            let others = users.filter { $0.key != user }.values
            let taken = others.reduce(0) { $0 | $1.exclusive | (isExclusive ? $1.shared : 0) }
            guard taken & mask == 0 else { return false }
            if isExclusive { own.exclusive |= mask } else { own.shared |= mask }
        }
        users[user] = own
        return true
    }

    func leave(_ user: ObjectIdentifier) {
        users[user] = nil
        if users.isEmpty { free() }
    }

    private func free() {
        for region in regions { region.deallocate() }
        regions = []
    }
}
