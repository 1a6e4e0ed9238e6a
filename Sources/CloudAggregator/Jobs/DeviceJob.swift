import FleetProtocol
import Warehouse

/// Lists devices, changes their state and forgets them.
public struct DeviceJob {
    private let store: FleetStore
    private let records: DeviceRecords

    /// Opens the fleet's database.
    public init(_ configuration: CloudConfiguration) throws {
        store = try FleetStore(path: StateFolder(configuration.state).fleet)
        records = DeviceRecords(store: try configuration.objects(), key: try KeyRing.receiptKey(configuration))
    }

    /// Accepts or revokes the device of that identifier or name.
    public func setState(_ state: DeviceState, of name: String) throws -> Device {
        let device = try store.device(called: name)
        try store.setState(state, of: device.identifier)
        try records.keep { try store.device(device.identifier) }
        return device
    }

    /// Revokes the device of that identifier or name, and keeps of it what its batches are verified with.
    public func forget(_ name: String) throws -> Device {
        let device = try store.device(called: name)
        try store.forget(device.identifier)
        try records.keep { try store.device(device.identifier) }
        return device
    }

    /// The devices as text.
    public func list(format: RowFormat) throws -> String {
        let rows: [[WarehouseValue]] = try store.devices().map { device in
            [
                .text(device.identifier), .text(device.name), .text(device.state.rawValue), .integer(device.epoch),
                .integer(device.enrolledMilliseconds), WarehouseValue(device.lastContactMilliseconds),
                .text(device.flags.map(\.rawValue).joined(separator: " ")),
            ]
        }
        let columns = ["device", "name", "state", "epoch", "enrolled_ms", "last_contact_ms", "flags"]
        return format.text(columns: columns, rows: rows)
    }
}
