import ArgumentParser
import CloudAggregator
import ConfigurationFile
import StreamDefinition

/// `--config FILE`, which every command takes.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file.", completion: .file(extensions: ["conf"]))
    var path = "/etc/waystation/cloud.conf"

    /// The status of a program that ends because its configuration is wrong (sysexits.h, EX_CONFIG).
    static let configurationStatus = ExitCode(78)

    /// Reads the configuration and does the work; what goes wrong is said on standard error in one sentence.
    func run(_ work: (CloudConfiguration) async throws -> Void) async throws {
        do {
            try await work(try CloudConfiguration(contentsOf: path))
        } catch let errors as ConfigurationErrors {
            for error in errors.errors { Console.complain(error.description) }
            throw Self.configurationStatus
        } catch {
            Console.complain(String(describing: error))
            switch error {
            case is StreamDefinitionError, CloudError.unusable: throw Self.configurationStatus
            case CloudError.invalidArgument: throw ExitCode.validationFailure
            default: throw ExitCode.failure
            }
        }
    }
}
