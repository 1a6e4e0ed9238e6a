import ArgumentParser
import StreamReplay

/// How fast to serve: as recorded, a multiple of it, at a rate, or as fast as clients take it.
struct PaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "1x, 20x, 0.5x: times as fast as recorded; max: as fast as the clients take it.", valueName: "speed"))
    var speed: String?

    @Option(help: ArgumentHelp("So many messages a second, such as 1000/s, instead of --speed.", valueName: "rate"))
    var rate: String?

    func validate() throws {
        guard speed == nil || rate == nil else { throw ValidationError("Give either --speed or --rate.") }
        do {
            _ = try pace()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func pace() throws(ReplayError) -> Pace {
        if let rate { return try Pace(rate: rate) }
        return try Pace(speed: speed ?? "1x")
    }
}
