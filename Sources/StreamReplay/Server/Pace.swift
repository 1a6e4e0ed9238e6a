/// How fast messages go out.
public enum Pace: Sendable, Equatable {
    /// As many times as fast as the messages' own times pass.
    case following(speed: Double)
    /// So many messages a second.
    case rate(Double)
    /// As fast as the slowest client takes them; stands still while there is no client.
    case unlimited

    /// Reads `1x`, `20x`, `0.5x` or `max`.
    public init(speed text: String) throws(ReplayError) {
        if text == "max" {
            self = .unlimited
        } else if text.hasSuffix("x"), let speed = Double(text.dropLast()), speed.isFinite, speed > 0 {
            self = .following(speed: speed)
        } else {
            throw .invalidPace(text, allowed: "1x, 20x, 0.5x or max")
        }
    }

    /// Reads `1000/s` or `1000`.
    public init(rate text: String) throws(ReplayError) {
        let number = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        guard let rate = Double(number), rate.isFinite, rate > 0 else {
            throw .invalidPace(text, allowed: "a number of messages a second such as 1000/s")
        }
        self = .rate(rate)
    }
}
