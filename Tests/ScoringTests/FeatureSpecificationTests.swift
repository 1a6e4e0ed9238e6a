import JSON
import Testing

@testable import Scoring

@Suite struct FeatureSpecificationTests {
    static let all = """
        [{"name":"a","path":"x.y"},
        {"name":"b","path":"x","transform":"presence"},
        {"name":"c","paths":["x",{"path":"y","transform":"lower_case"}]},
        {"name":"d","each":"l.m","path":"@"},
        {"name":"e","each":"l","paths":["@key","@.v.w","x"]},
        {"name":"f","path":"l","transforms":["count",{"buckets":[1.0,2.5]}]},
        {"name":"g","path":"lat","transform":{"grid":0.5}},
        {"name":"h","path":"t","transform":{"log2_difference":{"minus":"u","unit":"minute"}}},
        {"name":"i","path":"t","transform":{"hour_of_week":{"offset_minutes":60,"longitude":"lon"}}},
        {"name":"j","path":"t","transform":"day_of_week"},
        {"name":"k","path":"n","transform":{"log2_age":{"at":"t","unit":"day"}}},
        {"name":"l","path":"n","transform":{"log2_age":{"at":"t","unit":"day","frontier":[[1,2],[3,4]]}}}]
        """

    @Test func whatIsReadIsWrittenBack() throws {
        let json = try JSONValue(parsing: Self.all)
        let specification = try FeatureSpecification(json: json)
        #expect(specification.json == json)
        #expect(try FeatureSpecification(json: specification.json) == specification)
    }

    @Test func aLayoutNamesEachPlaceOnce() throws {
        let layout = FeatureLayout(try FeatureSpecification(json: JSONValue(parsing: Self.all)))
        #expect(layout.values.map(\.description) == ["x.y", "x", "y", "lat", "t", "u", "lon", "n"])
        #expect(layout.counts.map(\.description) == ["l"])
        #expect(layout.lists.map(\.path.description) == ["l.m", "l"])
        #expect(layout.lists.map { $0.columns.map(\.description) } == [["@"], ["@key", "@.v.w"]])
    }

    @Test(arguments: [
        (#"[]"#, "features"),
        (#"{}"#, "features"),
        (#"[1]"#, "features[0]"),
        (#"[{"path": "x"}]"#, "features[0].name"),
        (#"[{"name": "a", "path": "x"}, {"name": "a", "path": "y"}]"#, "features[1].name"),
        (#"[{"name": "a"}]"#, "features[0]"),
        (#"[{"name": "a", "path": "x", "paths": ["y"]}]"#, "features[0]"),
        (#"[{"name": "a", "paths": []}]"#, "features[0].paths"),
        (#"[{"name": "a", "paths": ["a", "b", "c", "d", "e"]}]"#, "features[0].paths"),
        (#"[{"name": "a", "paths": ["a", {"transform": "count"}]}]"#, "features[0].paths[1].path"),
        (#"[{"name": "a", "path": ""}]"#, "features[0].path"),
        (#"[{"name": "a", "path": "@.x"}]"#, "features[0]"),
        (#"[{"name": "a", "each": "l", "path": "x"}]"#, "features[0]"),
        (#"[{"name": "a", "each": 5, "path": "@"}]"#, "features[0].each"),
        (#"[{"name": "a", "path": "x", "colour": 1}]"#, "features[0].colour"),
        (#"[{"name": "a", "path": "x", "transform": "sqrt"}]"#, "features[0].transform"),
        (#"[{"name": "a", "path": "x", "transform": 5}]"#, "features[0].transform"),
        (#"[{"name": "a", "path": "x", "transform": {"buckets": []}}]"#, "features[0].transform.buckets"),
        (#"[{"name": "a", "path": "x", "transform": {"buckets": [2, 1]}}]"#, "features[0].transform.buckets"),
        (#"[{"name": "a", "path": "x", "transform": {"buckets": [1, "2"]}}]"#, "features[0].transform.buckets"),
        (#"[{"name": "a", "path": "x", "transform": {"grid": 0}}]"#, "features[0].transform.grid"),
        (
            #"[{"name": "a", "path": "x", "transforms": ["count", {"log2_difference": {"minus": "y", "unit": "week"}}]}]"#,
            "features[0].transforms[1].log2_difference.unit"
        ),
        (
            #"[{"name": "a", "path": "x", "transform": {"hour_of_day": {"zone": "CET"}}}]"#,
            "features[0].transform.hour_of_day.zone"
        ),
        (
            #"[{"name": "a", "path": "x", "transform": {"log2_age": {"at": "t", "unit": "day", "frontier": [[1, 2]]}}}]"#,
            "features[0].transform.log2_age.frontier"
        ),
    ])
    func aFaultIsNamedByItsPlace(json: String, path: String) throws {
        let value = try JSONValue(parsing: json)
        let error = #expect(throws: ScoringError.self) { try FeatureSpecification(json: value) }
        guard case .invalid(let found, _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(found == path)
    }
}
