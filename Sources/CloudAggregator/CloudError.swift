import FleetProtocol

/// What an operator can do something about: why a command or the server's start fails.
public enum CloudError: Error, Equatable, CustomStringConvertible {
    /// A file or folder named in the configuration cannot be used.
    case unusable(key: String, section: String, path: String, reason: String)
    /// Another server runs on the state folder.
    case alreadyServing(path: String)
    /// A system call failed.
    case system(operation: String, path: String, reason: String)
    /// No device begins with that identifier, or several do.
    case noSuchDevice(String, matches: Int)
    /// The device cannot go from its state to the one asked for.
    case wrongState(device: String, state: DeviceState, wanted: DeviceState)
    /// The stream is not declared.
    case noSuchStream(String, known: [String])
    /// There is no warehouse yet.
    case noWarehouse(path: String)
    /// The warehouse is in a database server, which has its own backups.
    case warehouseElsewhere(place: String)
    /// The table does not exist.
    case noSuchTable(String, known: [String])
    /// The model version does not exist.
    case noSuchModel(stream: String, version: Int64)
    /// There is no candidate to publish.
    case noCandidate(stream: String)
    /// The version is not greater than the one that is out there.
    case notNewer(version: Int64, published: Int64)
    /// The candidate does not beat what it is held against.
    case notBetter(version: Int64, reason: String)
    /// There is no backup of that name, or none at all.
    case noSuchBackup(String, place: String)
    /// A backup is not what it must be.
    case damagedBackup(String, reason: String)
    /// A database is damaged.
    case damaged(path: String, reason: String)
    /// A restore would take the place of what is there.
    case stateExists(path: String)
    /// A restore was begun and not ended.
    case unfinishedRestore(path: String)
    /// No stream file names that kind of person.
    case noSuchSubject(String, known: [String])
    /// A signed record beside the raw batches is not what it must be.
    case unbelievedRecord(key: String, place: String, reason: String)
    /// The raw batches do not hold all that tables were made of: why, and what therefore stays.
    case incompleteRaw(reason: String, kept: String)
    /// The variables that hold the credentials of a bucket are not set.
    case noCredentials(section: String)
    /// A value given on the command line is not what it must be.
    case invalidArgument(name: String, value: String, wanted: String)

    /// The system's words where a call failed, else the whole sentence.
    var reason: String {
        if case .system(_, _, let reason) = self { reason } else { description }
    }

    /// A sentence for an operator, with what to do.
    public var description: String {
        switch self {
        case .unusable(let key, let section, let path, let reason):
            "key '\(key)' in [\(section)] names '\(path)', which cannot be used: \(reason)"
        case .alreadyServing(let path):
            "another 'waystation-cloud serve' runs on the state folder '\(path)'; stop it first"
        case .system(let operation, let path, let reason):
            "cannot \(operation) '\(path)': \(reason)"
        case .noSuchDevice(let prefix, let matches):
            matches == 0
                ? "no device is called '\(prefix)'; 'waystation-cloud device list' shows them all"
                : "\(matches) devices begin with '\(prefix)'; give more digits"
        case .wrongState(let device, let state, let wanted):
            "device \(device) is \(state.rawValue) and cannot become \(wanted.rawValue)"
        case .noSuchStream(let name, let known):
            "no stream is called '\(name)'; declared are: \(known.joined(separator: ", "))"
        case .noWarehouse(let path):
            "there is no warehouse at '\(path)' yet; 'waystation-cloud serve' makes it"
        case .warehouseElsewhere(let place):
            "the warehouse is in \(place): back it up with pg_dump or the server's own archiving, and after putting it back "
                + "run 'waystation-cloud catch-up', which merges the raw batches that came since"
        case .noSuchTable(let name, let known):
            "no table is called '\(name)'; there are: \(known.joined(separator: ", "))"
        case .noSuchModel(let stream, let version):
            "stream '\(stream)' has no model version \(version); 'waystation-cloud model list' shows them all"
        case .noCandidate(let stream):
            "stream '\(stream)' has no trained model yet; run 'waystation-cloud train' first"
        case .notNewer(let version, let published):
            "model version \(version) is not newer than the published version \(published); train again"
        case .notBetter(let version, let reason):
            "model version \(version) is not published: \(reason); '--force' publishes it all the same"
        case .noSuchBackup("", let place):
            "there is no finished backup in \(place)"
        case .noSuchBackup(let name, let place):
            "there is no finished backup '\(name)' in \(place); 'waystation-cloud backup list' shows them all"
        case .damagedBackup(let name, let reason):
            "backup \(name) cannot be used: \(reason)"
        case .damaged(let path, let reason):
            "'\(path)' is damaged (\(reason)): restore a backup, or rebuild the tables from the raw batches"
        case .stateExists(let path):
            "'\(path)' is there; '--replace' sets aside what is there"
        case .unfinishedRestore(let path):
            "a restore of '\(path)' was not ended; run 'waystation-cloud restore' again"
        case .noSuchSubject(let name, let known):
            "no stream's subject is called '\(name)'; "
                + (known.isEmpty ? "no stream file has a 'subject'" : "there are: \(known.joined(separator: ", "))")
        case .unbelievedRecord(let key, let place, let reason):
            "'\(key)' in \(place) cannot be believed: \(reason)"
        case .incompleteRaw(let reason, let kept):
            "the raw batches do not hold all of which tables were made: \(reason); \(kept), '--partial' "
                + "replaces them all the same"
        case .noCredentials(let section):
            "[\(section)] takes its credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which are not set; "
                + "'credentials' may also be 'instance' or 'file'"
        case .invalidArgument(let name, let value, let wanted):
            "'\(value)' is no value for \(name): it must be \(wanted)"
        }
    }
}
