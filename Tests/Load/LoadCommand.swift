import ArgumentParser

/// Loads a running cloud with what a fleet sends, and says how it answers.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waystation-load",
        abstract: "Loads a running waystation-cloud with the batches of many devices, and says how it answers.",
        discussion: """
            Runs on the cloud's machine: it makes invitations in the cloud's state folder, then enrols devices with keys of \
            their own and seals all batches, before the clock starts. The events are those of \
            'waystation-replay generate N --seed S', dealt batch by batch to the devices in turn.

            Every receipt is checked. Prints 'name: value', a figure a line. Exit status 1 where a batch has no receipt in \
            the end.
            """,
        subcommands: [Flood.self, Pace.self, FleetCommand.self])
}
