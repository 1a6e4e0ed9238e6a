import JSON
import Scoring

/// What a training measured, for people (`description`) and for programs (`json`).
public struct TrainingReport: Sendable, CustomStringConvertible {
    /// The stream.
    public let stream: String
    /// The figures that go with the model.
    public let metrics: ModelMetrics
    /// How well the progressive probabilities were calibrated, by tenths.
    public let calibration: [ProgressiveLoss.Bin]
    /// The weights that are not 0, of 262,144.
    public let nonzeroWeights: Int
    /// How the model does against the one that is out; nil where none is.
    public let comparison: ModelComparison?
    /// How long the training took.
    public let duration: Duration

    /// How far below the base rate the loss on shuffled labels may lie before it counts as a fault, in nats.
    public static let shuffledTolerance = 0.005

    /// Whether shuffled labels could not be foretold, as it must be.
    public var isControlPassed: Bool {
        metrics.shuffledLogLoss >= metrics.baseRateLogLoss - Self.shuffledTolerance
    }

    /// The report as JSON.
    public var json: JSONValue {
        .object([
            .init("stream", .string(stream)),
            .init("metrics", metrics.json),
            .init("control_passed", .boolean(isControlPassed)),
            .init("nonzero_weights", .integer(Int64(nonzeroWeights))),
            .init("seconds", .number(seconds)),
            .init("calibration", .array(calibration.map(Self.json))),
            .init("comparison", comparison?.json ?? .null),
            .init("verdict", .string(Publication.verdict(on: self).description)),
        ])
    }

    private static func json(_ bin: ProgressiveLoss.Bin) -> JSONValue {
        ["count": .integer(bin.count), "predicted": .number(bin.predicted), "positive": .integer(bin.positive)]
    }

    private var seconds: Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}

extension TrainingReport {
    /// The report as text, a figure a line.
    public var description: String {
        var lines = [
            "stream                    \(stream)",
            "examples                  \(metrics.examples), of which \(metrics.positives) positive",
            "log loss, progressive     \(Self.figure(metrics.logLoss))",
            "  base rate               \(Self.figure(metrics.baseRateLogLoss))",
            "  rate within the group   \(metrics.groupRateLogLoss.map(Self.figure) ?? "-")",
            "  with shuffled labels    \(Self.figure(metrics.shuffledLogLoss))"
                + (isControlPassed ? "" : "  better than the base rate: something is wrong"),
            "Brier score, progressive  \(Self.figure(metrics.brier))",
            "last fifth, final weights \(Self.figure(metrics.unquantisedLogLoss)), as int8 "
                + Self.figure(metrics.quantisedLogLoss),
            "weights that are not 0    \(nonzeroWeights)",
            "calibration               from      events  foretold  happened",
        ]
        for (index, bin) in calibration.enumerated() where bin.count > 0 {
            let count = Double(bin.count)
            lines.append(
                "                          0.\(index)  \(Self.right("\(bin.count)", 10))"
                    + "    \(Self.figure(bin.predicted / count))    \(Self.figure(Double(bin.positive) / count))")
        }
        let rate = seconds > 0 ? Double(metrics.examples) / seconds : 0
        lines.append("time                      \(Self.figure(seconds)) s, \(Int(rate)) examples/s")
        if let comparison { lines.append("against what is out       \(comparison)") }
        lines.append("verdict                   \(Publication.verdict(on: self))")
        return lines.joined(separator: "\n")
    }

    /// A figure with four decimals.
    static func figure(_ value: Double) -> String {
        let (sign, scaled) = (value < 0 ? "-" : "", Int64((abs(value) * 10_000).rounded()))
        let fraction = String(scaled % 10_000)
        return "\(sign)\(scaled / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
