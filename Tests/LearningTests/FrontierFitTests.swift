import Scoring
import Testing

@testable import Learning

@Suite struct FrontierFitTests {
    @Test func numbersBehindTheGreatestAreNoPoints() throws {
        var fit = FrontierFit()
        for (number, time) in [(10, 100), (5, 150), (20, 200), (20, 300), (15, 400)] as [(Int64, Int64)] {
            fit.add(number, at: time)
        }
        let points = try #require(fit.frontier).points
        #expect(points.map(\.number) == [10, 20])
        #expect(points.map(\.milliseconds) == [100, 200])
    }

    @Test func aSeriesThatNeverMovesHasNoFrontier() {
        var fit = FrontierFit()
        fit.add(1, at: 1)
        fit.add(1, at: 2)
        #expect(fit.frontier == nil)
    }

    @Test(arguments: [1, 2, 3] as [Int64]) func anyPaceIsToldByAFewPoints(power: Int64) throws {
        // Time goes with the number's first, second or third power: the pace changes all the time.
        func time(_ number: Int64) -> Int64 { (0..<power).reduce(1) { product, _ in product * number } }
        var fit = FrontierFit()
        for number in 0..<10_000 as Range<Int64> { fit.add(number, at: time(number)) }
        let frontier = try #require(fit.frontier)
        #expect((FrontierFit.count / 4...FrontierFit.count + 2).contains(frontier.points.count))
        for number in stride(from: 0, to: 10_000, by: 37) as StrideTo<Int64> {
            let error = abs(frontier.milliseconds(of: number) - Double(time(number)))
            #expect(error <= Double(time(9999)) / 20, "number \(number)")
        }
    }
}
