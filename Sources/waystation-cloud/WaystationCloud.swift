import ArgumentParser

/// The aggregator: one program for the server and for all that an operator does on its machine.
@main
struct WaystationCloud: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waystation-cloud",
        abstract: "Collects the sealed batches of a fleet of edges into tables, a model and a live page.",
        discussion: """
            'serve' runs the server. All other commands work on its state folder and may be used while it runs: \
            they read a consistent picture and write one transaction.

            First steps: 'check' the configuration, 'serve', 'device invite --name LABEL', then run the printed \
            command on the edge.

            Exit status: 0 done, 1 failed, 64 wrong command line, 78 wrong configuration.
            """,
        subcommands: [
            Serve.self, Check.self, DeviceCommand.self, Import.self, Tables.self, Query.self, Etl.self, Train.self,
            ModelCommand.self, BackupCommand.self, Restore.self, CatchUp.self, Rebuild.self, VerifyRaw.self,
            Forget.self, Expire.self,
        ])
}
