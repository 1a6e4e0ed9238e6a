/// The paths of the cloud's device interface, version 1.
public enum Endpoint {
    /// `POST`: an `EnrolmentRequest`, answered by an `EnrolmentGrant`.
    public static let enrolment = "/v1/enroll"

    /// `POST`: an empty object, answered by an `EpochGrant`.
    public static func epochs(device: String) -> String {
        "/v1/devices/\(device)/epochs"
    }

    /// `PUT`: a sealed batch, answered by a `Receipt` in an envelope.
    public static func batch(device: String, epoch: Int64, sequence: Int64) -> String {
        "/v1/batches/\(device)/\(epoch)/\(sequence)"
    }

    /// `GET` with `after` (a version) and `wait` (seconds, at most 55): a `ModelTimestamp` in an envelope as soon as the
    /// current version is greater, 204 when the wait is over.
    public static func modelTimestamp(stream: String) -> String {
        "/v1/models/\(stream)/timestamp"
    }

    /// `GET`: a `ModelManifest` in an envelope.
    public static func modelManifest(stream: String, version: Int64) -> String {
        "/v1/models/\(stream)/\(version)/manifest"
    }

    /// `GET`: the model's file.
    public static func modelArtifact(stream: String, version: Int64) -> String {
        "/v1/models/\(stream)/\(version)/artifact"
    }

    /// The longest `wait` for a model's timestamp, in seconds.
    public static let maximumWaitSeconds = 55

    /// Header fields of an upload: what still waits on the device behind this batch.
    public static let backlogBatchesHeader = "waystation-backlog-batches"
    /// The bytes of those batches.
    public static let backlogBytesHeader = "waystation-backlog-bytes"
}
