/// A stream that a server replays at `/2/NAME`.
public struct ReplayedStream: Sendable {
    /// Its name.
    public var name: String
    /// Its messages.
    public var material: Material

    /// A stream of that name and those messages.
    public init(name: String, material: Material) {
        (self.name, self.material) = (name, material)
    }
}
