import ArgumentParser
import CloudAggregator
import ConfigurationFile

/// `waystation-cloud device`
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Invite, list, accept, revoke and forget the devices of the fleet.",
        subcommands: [Invite.self, List.self, Accept.self, Revoke.self, Forget.self])

    /// `waystation-cloud device invite`
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an invitation for one device.",
            discussion: """
                Prints a secret, TOKEN.PIN, and the command to run on the edge. The token is good for one device; only \
                its hash is kept here. PIN is the hash of the server's public key, by which the edge knows the server.

                With --name the invitation is personal: the device that uses it is accepted at once, under that name. \
                Without, it waits until 'device accept'.
                """)

        @OptionGroup var options: ConfigurationOption

        @Option(help: "The device's name; makes the invitation personal.")
        var name: String?

        @Option(help: "How long the invitation is good: 30min, 24h, 7d.", transform: Lifetime.init)
        var valid = Lifetime()

        func run() async throws {
            try await options.run { configuration in
                let invitation = try InvitationJob(configuration).invite(name: name, lifetime: valid.duration)
                Console.write(invitation.description)
            }
        }
    }

    /// `waystation-cloud device list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the devices.")

        @OptionGroup var options: ConfigurationOption

        @Option(help: "How to print them: table, csv or json.")
        var format = RowFormat.table

        func run() async throws {
            try await options.run { configuration in
                Console.write(try DeviceJob(configuration).list(format: format))
            }
        }
    }

    /// `waystation-cloud device accept`
    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a pending device upload.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The device's identifier or its beginning, or its name.")
        var device: String

        func run() async throws {
            try await options.run { configuration in
                let device = try DeviceJob(configuration).setState(.accepted, of: device)
                Console.write("device \(device.identifier) \(device.name) is accepted\n")
            }
        }
    }

    /// `waystation-cloud device revoke`
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a device from its next request on, for ever.",
            discussion: "What it has delivered stays. To come back it needs a new key and a new invitation.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The device's identifier or its beginning, or its name.")
        var device: String

        func run() async throws {
            try await options.run { configuration in
                let device = try DeviceJob(configuration).setState(.revoked, of: device)
                Console.write("device \(device.identifier) \(device.name) is revoked\n")
            }
        }
    }
}

extension DeviceCommand {
    /// `waystation-cloud device forget`
    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a device and forget all that is known of it but its key.",
            discussion: """
                Its name, its last contact and its flags go. Identifier and key stay, without which its raw batches could \
                not be verified, nor the tables rebuilt with them; what it has delivered stays. For the people in it see \
                'forget'.
                """)

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The device's identifier or its beginning, or its name.")
        var device: String

        func run() async throws {
            try await options.run { configuration in
                let device = try DeviceJob(configuration).forget(device)
                Console.write("device \(device.identifier) is revoked and forgotten\n")
            }
        }
    }
}

extension RowFormat: ExpressibleByArgument {}

/// A span on the command line, `24h` or `24 h`.
struct Lifetime: Equatable {
    /// The span.
    let duration: Duration

    /// A day, the default.
    init() {
        duration = FleetStore.invitationLifetime
    }

    /// Reads the text.
    init(_ text: String) throws {
        guard let duration = Duration(configuration: text), duration > .zero else {
            throw ValidationError("'\(text)' is no span; write 30min, 24h or 7d")
        }
        self.duration = duration
    }
}
