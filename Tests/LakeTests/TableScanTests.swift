import Testing
import Warehouse

@testable import Lake

@Suite struct TableScanTests {
    private func scan(_ name: String) throws -> TableScan {
        let plan = try TestStream.plan()
        return try TableScan(table: LakeTable(#require(plan.table(name)), of: plan))
    }

    @Test func daysInARowAreReadTogether() {
        #expect(TableScan.stretches([]) == [])
        #expect(TableScan.stretches([3]) == [3...3])
        #expect(TableScan.stretches([7, 1, 2, 4, -1, 0]) == [-1...2, 4...4, 7...7])
    }

    @Test func aTableWithAnIndexByTimeIsReadStretchByStretch() throws {
        let statements = try scan("order_states").statements(.days([1, 2, 5]))
        let times: [[Int64]] = [[86_400, 3 * 86_400], [5 * 86_400, 6 * 86_400]]
        #expect(statements.map { $0.parameters.compactMap(\.integer) } == times)
        #expect(statements.allSatisfy { $0.sql.hasSuffix(#"ORDER BY "at", "order", "kept", "colour""#) })
    }

    @Test func aTableWithoutOneIsReadOnceForManyStretches() throws {
        let days = Set((0..<250).map { Int64($0 * 2) })
        let statements = try scan("orders").statements(.days(days))
        #expect(statements.map(\.parameters.count) == [200, 200, 100])
        #expect(statements[0].sql.hasSuffix(#" OR "at" >= $199 AND "at" < $200 ORDER BY "at", "order""#))
    }

    @Test func whatIsOfNoDayIsReadFirst() throws {
        let some = try scan("orders").statements(.days([UTCDays.none, 3]))
        #expect(some.count == 2)
        let all = try scan("orders").statements(.all)
        #expect(all.first == some.first)
        #expect(some[0].sql.contains(#"WHERE "at" < $1 OR "at" >= $2"#))
    }

    @Test func aTableOfThingsIsReadByItsKey() throws {
        let statements = try scan("tags").statements(.all)
        #expect(statements == [.init(sql: #"SELECT "shop", "tag" FROM "tags" ORDER BY "shop", "tag""#, parameters: [])])
        #expect(try scan("tags").statements(.none) == [])
    }

    /// Revisions are many: they come in the order of an index, and things in that of their key, without sorting.
    @Test(arguments: ["order_states", "shops", "tags"])
    func theWarehouseNeedNotSort(name: String) throws {
        let site = try TestSite()
        for renewal in [Renewal.all, .days([16_500])] {
            for statement in try scan(name).statements(renewal).suffix(1) {
                var steps: [String] = []
                try site.warehouse.forEachRow("EXPLAIN QUERY PLAN " + statement.sql, statement.parameters) {
                    steps.append($0.value(3).text ?? "")
                }
                #expect(steps.count == 1 && !steps[0].contains("TEMP B-TREE"), "\(steps)")
            }
        }
    }
}
