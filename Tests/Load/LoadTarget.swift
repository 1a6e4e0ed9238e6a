import ArgumentParser

/// Which cloud is loaded, and with what stream.
struct LoadTarget: ParsableArguments {
    @Option(help: ArgumentHelp("The cloud's configuration.", valueName: "file"))
    var config: String

    @Option(help: "The port of the devices' server, where it is not that of the configured address.")
    var port: Int?

    @Option(help: "The seed of the events, any whole number from 0.")
    var seed: UInt64 = 1

    @Option(help: "Signed requests under way at once while devices enrol.")
    var enrolments = 16

    func validate() throws {
        guard port.map({ (1...65_535).contains($0) }) ?? true else {
            throw ValidationError("A port lies between 1 and 65535.")
        }
        guard enrolments > 0 else { throw ValidationError("--enrolments must be at least 1.") }
    }
}
