import ArgumentParser
import CloudAggregator

/// `waystation-cloud backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the databases and models to a safe place, and list the copies.",
        subcommands: [Make.self, List.self], defaultSubcommand: Make.self)

    /// `waystation-cloud backup`
    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make", abstract: "Make a backup, while the server runs or not.",
            discussion: """
                Copies the warehouse, the fleet's database and the models as they are at one moment, checks them, packs \
                them with zstd and signs what it did with the receipt key. Uploads go on meanwhile. The state folder \
                needs space for the copies until they are packed.

                Raw batches and signing keys are not in it: keep both somewhere else too. A warehouse in PostgreSQL is \
                backed up by PostgreSQL's own means; then this fails and says so.
                """)

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var place: BackupPlace

        @Option(help: "Then remove the oldest backups, so that so many are left.")
        var keep: Int?

        func validate() throws {
            if let keep, keep < 1 { throw ValidationError("--keep is at least 1.") }
        }

        func run() async throws {
            try await options.run { configuration in
                let job = try BackupJob(configuration, to: place.folder)
                let summary = try job.run(keep: keep) { Console.complain("copied \($0) %") }
                Console.write(summary.description)
            }
        }
    }

    /// `waystation-cloud backup list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the finished backups, oldest first.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var place: BackupPlace

        @Option(help: "How to print them: table, csv or json.")
        var format = RowFormat.table

        func run() async throws {
            try await options.run { configuration in
                Console.write(try BackupList(configuration, in: place.folder).text(format: format))
            }
        }
    }
}

/// `--folder DIR`, which all that has to do with backups takes.
struct BackupPlace: ParsableArguments {
    @Option(
        help: "The folder of the backups; where left out, they are where the raw batches are.", completion: .directory)
    var folder: String?
}
