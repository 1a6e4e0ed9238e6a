import Testing
import Warehouse

@testable import Lake

@Suite struct LakeLayoutTests {
    @Test func aFileIsFoundByTableAndDay() {
        let run = LakeLayout.newRun()
        #expect(
            LakeLayout.path(table: "rsvps", partition: "2015-03-08", run: run, number: 3)
                == "rsvps/dt=2015-03-08/part-\(run)-3.parquet")
        #expect(LakeLayout.path(table: "venues", partition: nil, run: run, number: 0) == "venues/part-\(run)-0.parquet")
    }

    @Test(arguments: [
        (0, "1970-01-01"), (16_501, "2015-03-07"), (UTCDays.range.lowerBound, "0001-01-01"),
        (UTCDays.range.upperBound, "9999-12-31"), (UTCDays.none, "__HIVE_DEFAULT_PARTITION__"),
    ])
    func aDayIsWrittenAsAllReadersReadIt(day: Int64, text: String) {
        #expect(LakeLayout.partition(of: day) == text)
    }

    @Test(arguments: [nil, "2015-03-08"], [0, 12])
    func whatARunWritesIsKnownForIt(partition: String?, number: Int) {
        for _ in 0..<50 {
            let path = LakeLayout.path(table: "a", partition: partition, run: LakeLayout.newRun(), number: number)
            #expect(LakeLayout.isData(path))
        }
    }

    @Test(arguments: [
        "manifest.json", "a/part-0123456789abcdef-1.csv", "a/part-0123456789abcde-1.parquet", "a/b.parquet",
        "a/part-.parquet",
        "a/part-0123456789abcdef-.parquet", "a/part-0123456789abcdeg-1.parquet", "a/part-0123456789abcdef-1-1.parquet",
        "",
    ])
    func nothingElseIs(path: String) {
        #expect(!LakeLayout.isData(path))
    }
}
