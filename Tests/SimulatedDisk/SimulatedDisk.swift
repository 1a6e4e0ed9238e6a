import CSQLite
import EdgeCollector

/// A disk in memory, for SQLite and for `SpoolOpening`, that loses what a power cut may lose and fails when it is told to.
///
/// The model, as SQLite's own tests see a disk (sqlite.org/testing.html and /atomiccommit.html, src/test6.c):
///
/// - A write, or a change of a file's size, is seen by all readers at once, but is safe only after that file's next sync.
/// - A new, renamed or deleted name is safe only after a sync of its folder. Names change in order, as a journal of
///   metadata keeps them: a power cut undoes the last so many changes. SQLite syncs the folder with the first sync of a
///   journal or log that it has opened, and where it deletes one.
/// - A power cut (`crash`) leaves of each file's unsafe changes any part, by a seed: none, all, the first so many, any of
///   them, or of each sector of 512 bytes any content it has had since the sync. The last change may be torn between
///   sectors, and a torn sector may be garbage. Bytes beside a written range are never harmed.
/// - Shared memory and locks are gone with the power. Whoever still holds a file of the old disk gets errors at all else.
/// - A failed sync leaves it open what of the changes so far is safe; a later sync does not make up for it, as on Linux.
/// - A write to a full disk may be done in part.
///
/// Each disk is a file system of SQLite's under its own name, `fileSystem`. It serves any number of connections, all
/// from one thread at a time. Nothing sleeps: a lock that is held makes a waiting connection give up at once.
public final class SimulatedDisk {
    /// The folder that `SpoolOpening` is given.
    public static let folder = "/spool"

    /// By which name SQLite knows the disk.
    public var fileSystem: String { system.name }
    /// What goes wrong, and when; nil while all is well. Setting it starts its count anew.
    public var fault: DiskFault? {
        didSet { (matched, hasFailed) = (0, false) }
    }
    /// Whether the fault has struck since it was set.
    public private(set) var hasFailed = false
    /// How many operations of each kind there were.
    public private(set) var counts: [DiskOperation: Int] = [:]
    /// Whether the power went off. Every operation fails then; `crash` tells what is left.
    public private(set) var isOff = false

    private var isCalm = false
    private let system: DiskFileSystem
    private var names: [String: StoredFile] = [:]
    private var safeNames: [String: StoredFile] = [:]
    private var nameChanges: [NameChange] = []
    private var matched = 0
    var random: SeededGenerator

    private enum NameChange {
        case add(String, StoredFile)
        case remove(String)
        case rename(String, String)
    }

    /// An empty disk; `seed` decides how much of a failed write is done.
    public init(seed: UInt64 = 0) {
        random = SeededGenerator(seed: seed)
        system = DiskFileSystem()
        system.attach(self)
    }

    deinit {
        system.unregister()
    }

    /// All operations so far.
    public var operationCount: Int { counts.values.reduce(0, +) }
    /// The names of all files.
    public var fileNames: [String] { names.keys.sorted() }

    /// The content of a file as its readers see it.
    public func contents(of path: String) -> [UInt8]? {
        names[path]?.current.bytes
    }

    /// Puts other content into a file, safe at once: what a worn flash cell or a careless hand does.
    public func overwrite(_ path: String, with bytes: [UInt8]) {
        let file = StoredFile()
        file.replace(with: bytes)
        (names[path], safeNames[path]) = (file, file)
    }

    /// Lets `body` use the disk without that anything fails or is counted.
    public func calmly<Result>(_ body: () throws -> Result) rethrows -> Result {
        isCalm = true
        defer { isCalm = false }
        return try body()
    }

    /// The disk as a power cut at this moment may leave it; this one stays as it is.
    public func crash(seed: UInt64) -> SimulatedDisk {
        var generator = SeededGenerator(seed: seed)
        let style = CrashStyle.allCases.randomElement(using: &generator) ?? .nothing
        var left = safeNames
        let kept = style == .everything ? nameChanges.count : Int.random(in: 0...nameChanges.count, using: &generator)
        for change in nameChanges.prefix(kept) { Self.apply(change, to: &left) }
        return successor(left, seed: generator.next()) { $0.afterCrash(style, using: &generator) }
    }

    /// The disk as a kill at this moment leaves it: all that was written is there, the locks are gone.
    public func killed() -> SimulatedDisk {
        successor(names, seed: random.next()) { $0.current.copy() }
    }

    private func successor(
        _ left: [String: StoredFile], seed: UInt64, _ content: (StoredFile) -> ByteStore
    ) -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        for (name, file) in left.sorted(by: { $0.key < $1.key }) {
            disk.names[name] = StoredFile(content(file))
        }
        disk.safeNames = disk.names
        return disk
    }

    private static func apply(_ change: NameChange, to names: inout [String: StoredFile]) {
        switch change {
        case .add(let name, let file): names[name] = file
        case .remove(let name): names[name] = nil
        case .rename(let old, let new): names[new] = names.removeValue(forKey: old)
        }
    }
}

// MARK: - What files and folders do

extension SimulatedDisk {
    /// Counts the operation, and says how it fails, if it does.
    func failure(of operation: DiskOperation) -> DiskFault.Kind? {
        if isOff { return .powerOff }
        if isCalm { return nil }
        counts[operation, default: 0] += 1
        guard let fault, fault.operations.contains(operation) else { return nil }
        matched += 1
        guard matched > fault.after, fault.isLasting || matched == fault.after + 1 else { return nil }
        hasFailed = true
        if fault.kind == .powerOff { isOff = true }
        return fault.kind
    }

    func file(at path: String) -> StoredFile? { names[path] }

    func add(_ path: String) -> StoredFile {
        let file = StoredFile()
        change(.add(path, file))
        return file
    }

    func remove(_ path: String) {
        change(.remove(path))
    }

    func rename(_ old: String, to new: String) {
        change(.rename(old, new))
    }

    /// Makes all names safe.
    func synchronizeNames() {
        safeNames = names
        nameChanges.removeAll()
    }

    private func change(_ change: NameChange) {
        Self.apply(change, to: &names)
        nameChanges.append(change)
    }
}
