import ConfigurationFile

extension EdgeConfiguration {
    /// Reads what keeps the uplink's traffic within bounds: order, bandwidth, quiet hours.
    static func setTraffic(of settings: inout UplinkSettings, sealBytes: Int, _ reader: ConfigurationReader) {
        let order = reader.enumeration(
            "uplink", "order", of: UploadOrder.allCases.map(\.rawValue), default: settings.order.rawValue)
        settings.order = UploadOrder(rawValue: order) ?? settings.order
        settings.bandwidth = bandwidth(sealBytes: sealBytes, reader)
        let offset = reader.string("uplink", "utc-offset", default: "+00:00")
        let offsetMinutes = QuietHours.offsetMinutes(offset)
        if offsetMinutes == nil {
            reader.reject("uplink", "utc-offset", wanted: "a span from UTC such as +02:00 or -03:30")
        }
        let quiet = reader.string("uplink", "quiet", default: "none")
        if let hours = QuietHours(quiet, offsetMinutes: offsetMinutes ?? 0) {
            settings.quiet = hours
        } else {
            reader.reject(
                "uplink", "quiet",
                wanted: "none, or ranges such as '08:00-12:00, 22:00-06:00' that leave some of the day")
        }
    }

    /// A batch has to arrive in time, so the bandwidth has a least value.
    private static func bandwidth(sealBytes: Int, _ reader: ConfigurationReader) -> Int? {
        let text = reader.string("uplink", "bandwidth", default: "unlimited")
        guard text != "unlimited" else { return nil }
        let least = max(8 << 10, sealBytes / Int(SendBudget.longestUpload.components.seconds) + 1)
        if let amount = ByteCount(configuration: text), amount.bytes >= least { return amount.bytes }
        let kibibytes = (least + 1023) / 1024
        reader.reject(
            "uplink", "bandwidth",
            wanted: "'unlimited', or an amount a second such as '256 KiB', at least \(kibibytes) KiB: "
                + "a batch of seal-bytes has to arrive within a minute")
        return nil
    }
}
