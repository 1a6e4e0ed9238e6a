import JSON
import Testing

@testable import Scoring

@Suite struct LearnerSettingsTests {
    @Test func whatIsLeftOutKeepsItsDefault() throws {
        let settings = try LearnerSettings(json: ["alpha": 2, "l1": 0])
        #expect((settings.alpha, settings.l1) == (2, 0))
        #expect((settings.beta, settings.l2) == (LearnerSettings().beta, LearnerSettings().l2))
    }

    @Test(arguments: [["alpha": 0], ["beta": -1], ["l1": "1"], ["gamma": 1], [1]] as [JSONValue])
    func aFaultIsRefused(json: JSONValue) {
        #expect(throws: ScoringError.self) { try LearnerSettings(json: json) }
    }
}
