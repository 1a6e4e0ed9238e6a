import ObjectStore
import Testing

@Suite struct CalendarDateTests {
    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (951_782_400_000, "2000-02-29"), (1_425_788_568_167, "2015-03-08"),
        (4_102_444_799_999, "2099-12-31"), (4_107_542_400_000, "2100-03-01"),
        (-62_135_596_800_000, "0001-01-01"), (-62_135_596_800_001, "0000-12-31"),
    ])
    func aDateIsThatOfTheMoment(milliseconds: Int64, text: String) {
        #expect(CalendarDate(milliseconds: milliseconds).description == text)
    }
}
