import ConfigurationFile
import Testing

@Suite struct DurationConfigurationTests {
    @Test(arguments: [
        ("10 s", Duration.seconds(10)), ("250 ms", .milliseconds(250)), ("15 min", .seconds(900)),
        ("24 h", .seconds(86_400)), ("7 d", .seconds(604_800)), ("10s", .seconds(10)), ("0 s", .zero),
    ])
    func readsAWholeNumberAndAUnit(text: String, span: Duration) {
        #expect(Duration(configuration: text) == span)
    }

    @Test(arguments: ["", "10", "s", "10 sec", "10 S", "-1 s", "1.5 s", "1 s 2 ms", "9223372036854775807 d"])
    func refusesAnythingElse(text: String) {
        #expect(Duration(configuration: text) == nil)
    }

    @Test(arguments: ["0 s", "1 ms", "1500 ms", "90 s", "15 min", "25 h", "7 d"])
    func writesTheLargestWholeUnit(text: String) {
        #expect(Duration(configuration: text)?.configurationText == text)
    }

    @Test func writesASpanTooLongForMilliseconds() {
        #expect(Duration.seconds(Int64.max).configurationText == "9223372036854775807 s")
    }
}
