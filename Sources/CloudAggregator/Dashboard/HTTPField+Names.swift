import HTTPTypes

extension HTTPField.Name {
    /// The last event a viewer saw before its connection broke.
    static let lastEventID = wellFormed("Last-Event-ID")
    /// What a browser tells other sites of ours.
    static let referrerPolicy = wellFormed("Referrer-Policy")

    private static func wellFormed(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("'\(name)' is a field name") }
        return name
    }
}
