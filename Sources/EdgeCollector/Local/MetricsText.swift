/// Metrics in the text format of Prometheus, version 0.0.4.
///
/// The samples of a metric stand together, behind its `HELP` and `TYPE`; a metric without samples is left out.
struct MetricsText {
    /// What becomes of a metric's value.
    enum Kind: String {
        /// It only grows, until the program or the spool begins anew.
        case counter
        /// It goes up and down.
        case gauge
        /// A sum and a count, whose quotient over a span is a mean.
        case summary
    }

    /// A value and the labels that tell it from others of the same metric.
    struct Sample {
        /// What is put behind the metric's name, such as `_sum`.
        var suffix = ""
        /// Names and values of the labels.
        var labels: KeyValuePairs<String, String> = [:]
        /// The value.
        var value: Double
    }

    private(set) var bytes: [UInt8] = []

    /// Adds a metric of one value, or none where there is none.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        add(name, kind, help, [Sample(value: Double(value))])
    }

    /// Adds a metric.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            text += name + sample.suffix + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(sample.value))\n"
        }
        bytes += Array(text.utf8)
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
