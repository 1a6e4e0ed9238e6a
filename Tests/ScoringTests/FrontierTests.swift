import JSON
import Testing

@testable import Scoring

@Suite struct FrontierTests {
    @Test(
        arguments: [
            (100, 1000), (150, 1500), (200, 2000), (250, 4000), (300, 6000), (50, 1000 - 50 * 25),
            (400, 6000 + 100 * 25),
        ] as [(Int64, Double)])
    func timesLieOnTheLinesAndGoOnAtTheMeanPace(number: Int64, time: Double) throws {
        let points = [(100, 1000), (200, 2000), (300, 6000)].map { Frontier.Point(number: $0, milliseconds: $1) }
        let frontier = try #require(Frontier(points: points))
        #expect(frontier.milliseconds(of: number) == time)
    }

    @Test(arguments: [[(1, 1)], [(1, 1), (1, 2)], [(2, 1), (1, 2)], [(1, 2), (2, 1)]] as [[(Int64, Int64)]])
    func pointsOutOfOrderAreNoFrontier(points: [(Int64, Int64)]) {
        #expect(Frontier(points: points.map { Frontier.Point(number: $0, milliseconds: $1) }) == nil)
    }

    @Test(
        arguments: [
            (1000, 0, 0), (1000, 999, 0), (1000, 1000, 1), (1000, 4000, 3), (2000, 0, 0),
        ] as [(Int64, Int64, Int64)])
    func anAgeIsCutToBitLengths(number: Int64, later: Int64, token: Int64) throws {
        let json = """
            {"name": "f", "path": "v", "transform": {"log2_age": {"at": "t", "unit": "second",
             "frontier": [[0, 50000], [1000, 51000]]}}}
            """
        let slots = try FeatureExtractorTests.slots(json, #"{"v": \#(number), "t": \#(51_000 + later)}"#)
        #expect(slots == [FeatureExtractorTests.slot("f", [.integer(token)])])
    }

    @Test func withoutAFrontierAnAgeIsMissing() throws {
        let json = #"{"name": "f", "path": "v", "transform": {"log2_age": {"at": "t", "unit": "day"}}}"#
        #expect(
            try FeatureExtractorTests.slots(json, #"{"v": 1, "t": 1}"#) == [FeatureExtractorTests.slot("f", [.missing])]
        )
    }
}
