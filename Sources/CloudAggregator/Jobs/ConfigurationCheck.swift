import Warehouse

/// All that can be known to be good before the server runs: keys, certificates, streams, the dashboard's files, the
/// database server of the tables.
public struct ConfigurationCheck: CustomStringConvertible {
    /// What was found, in one line, and a line for each thing that might be better.
    public let description: String

    /// Opens every file that the configuration names; throws the first that cannot be used.
    public init(_ configuration: CloudConfiguration) throws {
        let keys = try KeyRing(configuration)
        let plans = try configuration.plans()
        _ = try DashboardRoutes.assets(configuration.dashboard)
        let store = try configuration.raw.check { try StateFolder(configuration.state).files }
        let lake = try configuration.checkLake().map { ", lake in \($0)" } ?? ""
        var (place, warnings) = ("a file", [String]())
        if case .postgresql(let location) = try configuration.warehouse {
            warnings = try location.check()
            place = location.description
        }
        let streams = plans.map(\.name).joined(separator: ", ")
        description =
            "fleet \(configuration.fleet), streams \(streams), raw batches in \(store)\(lake), tables in \(place), "
            + "devices at \(configuration.devices.listen), dashboard at \(configuration.dashboard.listen), "
            + "certificate pin \(keys.pin)" + warnings.map { "\nwarning: \($0)" }.joined()
    }
}
