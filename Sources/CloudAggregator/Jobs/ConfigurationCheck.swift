/// All that can be known to be good before the server runs: keys, certificates, streams, the dashboard's files.
public struct ConfigurationCheck: CustomStringConvertible {
    /// What was found, in one line.
    public let description: String

    /// Opens every file that the configuration names; throws the first that cannot be used.
    public init(_ configuration: CloudConfiguration) throws {
        let keys = try KeyRing(configuration)
        let plans = try configuration.plans()
        _ = try DashboardRoutes.assets(configuration.dashboard)
        let store = try configuration.raw.check { try StateFolder(configuration.state).files }
        let lake = try configuration.checkLake().map { ", lake in \($0)" } ?? ""
        let streams = plans.map(\.name).joined(separator: ", ")
        description =
            "fleet \(configuration.fleet), streams \(streams), raw batches in \(store)\(lake), "
            + "devices at \(configuration.devices.listen), "
            + "dashboard at \(configuration.dashboard.listen), certificate pin \(keys.pin)"
    }
}
