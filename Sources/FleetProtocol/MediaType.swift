/// The media types of what travels between edge and cloud.
public enum MediaType {
    /// A sealed batch, as the body of an upload.
    public static let batch = "application/vnd.waystation.batch"
    /// The payload of a receipt's envelope.
    public static let receipt = "application/vnd.waystation.receipt+json"
    /// The payload of the envelope that says which model is current.
    public static let modelTimestamp = "application/vnd.waystation.model-timestamp+json"
    /// The payload of the envelope that describes one model.
    public static let modelManifest = "application/vnd.waystation.model-manifest+json"
    /// An error (RFC 9457).
    public static let problem = "application/problem+json"
    /// A control message, and the JSON form of an envelope.
    public static let json = "application/json"
}
