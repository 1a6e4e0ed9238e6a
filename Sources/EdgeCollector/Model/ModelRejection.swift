/// Why a model the cloud offers is not used.
enum ModelRejection: Error, Equatable, CustomStringConvertible {
    /// A signature, a digest or a name does not fit: which.
    case untrusted(String)
    /// It is not newer than the one in use.
    case notNewer(version: Int64, active: Int64)
    /// It has expired by this device's trusted time.
    case expired(version: Int64)
    /// It does not do here what it did where it was made.
    case unsuitable(String)

    /// A sentence for an operator.
    var description: String {
        switch self {
        case .untrusted(let reason): "it is not trusted: \(reason)"
        case .notNewer(let version, let active): "version \(version) is not newer than \(active)"
        case .expired(let version): "version \(version) has expired"
        case .unsuitable(let reason): "it does not work here: \(reason)"
        }
    }
}
