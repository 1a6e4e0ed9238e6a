import StreamDefinition
import Testing

@testable import Warehouse

/// Forgetting members in the middle of the recordings: what is left is what a warehouse has that never knew them.
@Suite struct ForgettingTests {
    private static let hasher = SubjectHasher(key: [UInt8](repeating: 3, count: SubjectHasher.keyBytes))

    private static func digests(_ members: [String]) -> Set<[UInt8]> {
        Set(members.map { hasher.digest(of: $0, "member") })
    }

    /// Members of a recording, whose answers lie all over it.
    private static func members(of warehouse: any Warehouse) throws -> [String] {
        var members: [String] = []
        try warehouse.forEachRow("SELECT member_id FROM members ORDER BY member_id", []) {
            members.append(String($0.integer(0)))
        }
        return stride(from: 0, to: members.count, by: 100).map { members[$0] }
    }

    @Test(arguments: TestEngine.available, Recordings.names)
    func tablesAreThoseOfAWarehouseThatWasToldFirst(engine: TestEngine, name: String) throws {
        let plan = try Recordings.plan()
        let lines = try Recordings.lines(name)
        let half = lines.count / 2
        try TestWarehouse.with(plan, on: engine) { first in
            _ = try first.warehouse.merge([first.batch(lines[..<half], sequence: 1)])
            let before = try first.digests
            let members = try Self.members(of: first.warehouse)
            #expect(members.count > 5)
            let removed = try first.warehouse.forget(Self.digests(members), "member", hasher: Self.hasher)
            #expect(removed >= Int64(2 * members.count))
            #expect(try first.digests != before)
            _ = try first.warehouse.merge([first.batch(lines[half...], sequence: 2)])
            _ = try first.warehouse.merge([first.batch(lines, sequence: 3)])
            #expect(try first.warehouse.forget(Self.digests(members), "member", hasher: Self.hasher) == 0)
            try first.expectSound()

            try TestWarehouse.with(plan, on: engine) { second in
                #expect(try second.warehouse.forget(Self.digests(members), "member", hasher: Self.hasher) == 0)
                _ = try second.warehouse.merge([second.batch(lines.shuffled(), sequence: 1)])
                #expect(try second.digests == first.digests)
                try Self.expectNothing(of: members, in: second.warehouse)
            }
            // Nobody forgotten is left out of the tables of other things.
            try TestWarehouse.with(plan, on: engine) { whole in
                _ = try whole.warehouse.merge([whole.batch(lines, sequence: 1)])
                let other = ["events", "groups", "venues", "topics", "group_topics"]
                let kept = try first.warehouse.digests().filter { other.contains($0.name) }
                #expect(kept.count == other.count)
                #expect(try whole.warehouse.digests().filter { other.contains($0.name) } == kept)
            }
        }
    }

    private static func expectNothing(of members: [String], in warehouse: any Warehouse) throws {
        for table in ["members", "member_services", "rsvps"] {
            let list = members.joined(separator: ", ")
            try warehouse.forEachRow("SELECT count(*) FROM \(table) WHERE member_id IN (\(list))", []) {
                #expect($0.integer(0) == 0, "\(table)")
            }
        }
        try warehouse.forEachRow(
            "SELECT count(*) FROM rsvp_revisions WHERE rsvp_id NOT IN (SELECT rsvp_id FROM rsvps)", []
        ) { #expect($0.integer(0) == 0) }
    }

    /// A copy of the tables elsewhere learns what is gone.
    @Test(arguments: TestEngine.available)
    func changedDaysNameWhatWasRemoved(engine: TestEngine) throws {
        let lines = try Recordings.lines(Recordings.names[0])
        try TestWarehouse.with(Recordings.plan(), on: engine) { test in
            let last = try test.warehouse.merge([test.batch(lines, sequence: 1)]).watermark
            let members = try Self.members(of: test.warehouse)
            _ = try test.warehouse.forget(Self.digests(members), "member", hasher: Self.hasher)
            var changed: Set<String> = []
            try test.warehouse.forEachRow(
                "SELECT DISTINCT table_name FROM changed_days WHERE watermark > $1", [.integer(last)]
            ) { changed.insert($0.value(0).text ?? "") }
            #expect(changed.isSuperset(of: ["members", "rsvps", "rsvp_revisions"]))
            #expect(changed.isDisjoint(with: ["events", "groups", "venues", "topics"]))
        }
    }

    @Test func digestSaysOfWhatKindTheSubjectIs() {
        #expect(Self.hasher.digest(of: "1", "member") != Self.hasher.digest(of: "1", "author"))
    }
}
