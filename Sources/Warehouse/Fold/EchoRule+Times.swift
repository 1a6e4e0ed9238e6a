import StreamDefinition

extension EchoRule {
    /// Whether a time is none that rounding gives.
    func isPrecise(_ time: Int64) -> Bool {
        time % wholeMilliseconds != 0
    }

    /// The earliest and the latest time that may echo `time`, or that it may be an echo of.
    func window(around time: Int64) -> ClosedRange<Int64> {
        let (first, isTooEarly) = time.subtractingReportingOverflow(withinMilliseconds)
        let (last, isTooLate) = time.addingReportingOverflow(withinMilliseconds)
        return (isTooEarly ? .min : first)...(isTooLate ? .max : last)
    }

    /// The rounded times in the window around a precise one.
    func wholeTimes(around time: Int64) -> some Sequence<Int64> {
        let window = window(around: time)
        let remainder = window.lowerBound % wholeMilliseconds
        let step = remainder > 0 ? wholeMilliseconds - remainder : -remainder
        let (first, isTooLate) = window.lowerBound.addingReportingOverflow(step)
        return stride(
            from: isTooLate ? .max : first, through: isTooLate ? .min : window.upperBound, by: Int(wholeMilliseconds))
    }
}
