import JSON
import Testing

@testable import Scoring

@Suite struct ModelTests {
    @Test(
        arguments: [
            (#"{}"#, 0.5), (#"{"country": "us"}"#, 1.5), (#"{"country": "us", "topics": ["art"]}"#, 0.22),
            (#"{"country": "us", "topics": ["art", "art", "tea", "unknown"]}"#, 0.25), (#"5"#, 0.5),
        ] as [(String, Double)])
    func theProbabilityIsThatOfTheSum(event: String, sum: Double) throws {
        let model = Model(
            features: try SampleModel.features(), weights: SampleModel.weights(), scale: 0.01, bias: 0.5)
        let probability = try JSONParser().parse(Array(event.utf8)) { model.predict($0) }
        // tanh, to compute the logistic function another way.
        #expect(abs(probability - (0.5 + 0.5 * tanh(sum / 2))) < 1e-10)
    }

    private func tanh(_ x: Double) -> Double {
        // Lambert's continued fraction.
        let square = x * x
        return x / (1 + square / (3 + square / (5 + square / (7 + square / (9 + square / 11)))))
    }
}
