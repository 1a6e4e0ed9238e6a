import Testing

@testable import ConfigurationFile

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("quota", "quota", 0), ("qouta", "quota", 1), ("quotas", "quota", 1),
        ("kitten", "sitting", 3), ("seal", "flush", 5), ("ca", "abc", 3),
    ])
    func countsTheFewestChanges(left: String, right: String, distance: Int) {
        #expect(EditDistance.between(left, right) == distance)
        #expect(EditDistance.between(right, left) == distance)
    }

    @Test func findsTheNearest() {
        #expect(
            EditDistance.nearest(to: "fulsh-bytes", among: ["quota", "flush-bytes", "seal-bytes"]) == "flush-bytes")
        #expect(EditDistance.nearest(to: "x", among: []) == nil)
    }
}
