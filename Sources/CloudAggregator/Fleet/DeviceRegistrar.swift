/// Writes down the running server's devices beside their batches, one after the other, on a thread of its own.
actor DeviceRegistrar {
    private let executor = ThreadExecutor()
    private let records: DeviceRecords
    private let store: FleetStore

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter path: the fleet's database.
    init(path: String, records: DeviceRecords) throws {
        self.records = records
        store = try FleetStore(path: path)
    }

    /// Returns once what the fleet's database says of the device is durable in its record too.
    func record(_ identifier: String) throws {
        try records.keep { try store.device(identifier) }
    }
}
