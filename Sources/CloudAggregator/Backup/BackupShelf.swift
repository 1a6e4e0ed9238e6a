import Cryptography
import JSON
import ObjectStore
import RawStore
import Signing

/// The backups in an object store.
///
///     backup/{time}/warehouse.sqlite.zst              the databases, packed
///     backup/{time}/fleet.sqlite.zst
///     backup/{time}/models/{stream}/{version}.model.zst
///     backup/{time}/manifest.json                     see `BackupManifest`; a backup without one is not finished
///
/// `{time}` is the backup's name, such as `2026-11-26T113500.250Z`: names in order are backups in order.
struct BackupShelf: Sendable {
    private static let folder = "backup/"
    private static let manifestName = "manifest.json"
    private static let suffix = ".zst"

    let store: any ObjectStore
    /// The key that signs the manifests.
    let key: PublicKey

    /// The name of a backup that begins at that moment.
    static func name(at milliseconds: Int64) -> String {
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
        let (hour, minute) = (seconds / 3600 % 24, seconds / 60 % 60)
        let time = padded(hour, 2) + padded(minute, 2) + padded(seconds % 60, 2)
        return "\(CalendarDate(milliseconds: milliseconds))T\(time).\(padded(rest, 3))Z"
    }

    /// The key of a file of the state folder.
    func key(of file: String, in name: String) -> String {
        "\(Self.folder)\(name)/\(file)\(Self.suffix)"
    }

    /// The key of a backup's manifest.
    func manifestKey(_ name: String) -> String {
        "\(Self.folder)\(name)/\(Self.manifestName)"
    }

    /// The names of all backups that are finished, oldest first.
    func names() throws -> [String] {
        try contents().filter { $0.isFinished }.map(\.name)
    }

    /// The manifest of the backup of that name, found to be signed.
    func manifest(_ name: String) throws -> BackupManifest {
        let bytes: [UInt8]
        do throws(ObjectStoreError) {
            bytes = try store.get(manifestKey(name))
        } catch {
            if case .notFound = error { throw CloudError.noSuchBackup(name, place: store.place) }
            throw error
        }
        do {
            let manifest = try BackupManifest(signed: bytes, key: key)
            guard manifest.name == name else { throw SigningError.malformed("it is that of '\(manifest.name)'") }
            return manifest
        } catch {
            throw CloudError.damagedBackup(name, reason: "its manifest: \(String(describing: error))")
        }
    }

    /// Removes all but the `count` newest finished backups, and what backups that never came to their end have left.
    /// - Returns: the names of the finished ones that are gone.
    func prune(keeping count: Int) throws -> [String] {
        let all = try contents()
        let finished = all.filter(\.isFinished)
        let old = finished.dropLast(count)
        // One that is not finished and younger than the newest may be at work.
        let abandoned = all.filter { !$0.isFinished && $0.name < finished.last?.name ?? "" }
        for backup in Array(old) + abandoned {
            // Without its manifest it is none, whatever happens then.
            try store.delete(manifestKey(backup.name))
            for key in backup.keys { try store.delete(key) }
        }
        return old.map(\.name)
    }

    private struct Content {
        let name: String
        var keys: [String] = []
        var isFinished = false
    }

    /// All that is there, in the order of the names.
    private func contents() throws -> [Content] {
        var contents: [Content] = []
        try store.list(prefix: Self.folder, after: nil) { info in
            let parts = info.key.split(separator: "/", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { return true }
            if contents.last?.name != parts[1] { contents.append(Content(name: parts[1])) }
            contents[contents.count - 1].keys.append(info.key)
            if parts[2] == Self.manifestName { contents[contents.count - 1].isFinished = true }
            return true
        }
        return contents
    }
}
