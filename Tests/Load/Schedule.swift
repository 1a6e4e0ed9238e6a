/// Sends batches by the clock: each device has one in turn, and its moment in each interval.
struct Schedule {
    let devices: Int
    /// Between two batches of a device.
    let interval: Duration
    var keepsConnections = true

    /// Sends all batches; batch n is of device n modulo the devices.
    func run(_ site: LoadSite, _ batches: PreparedBatches) async throws {
        let report = LoadReport()
        report.start()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for device in 0..<devices {
                tasks.addTask {
                    let sender = BatchSender(
                        site: site, batches: batches, report: report, keepsConnection: keepsConnections)
                    for number in stride(from: device, to: batches.entries.count, by: devices) {
                        let due = start + interval * (Double(number) / Double(devices))
                        try await Task.sleep(until: due, tolerance: .zero)
                        try await sender.send(number, due: due)
                    }
                    await sender.close()
                }
            }
            try await tasks.waitForAll()
        }
        try report.finish()
    }
}
