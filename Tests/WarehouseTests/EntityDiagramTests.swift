import Foundation
import StreamDefinition
import Testing

@testable import Warehouse

@Suite struct EntityDiagramTests {
    private static let readme = Recordings.package.appending(path: "cloud/README.md")
    /// The streams in the order in which the README speaks of them.
    private static let delivered = ["rsvps", "photos", "event_comments"]

    private func plans() throws -> [StreamPlan] {
        try Self.delivered.map {
            try StreamPlan.load(file: Recordings.package.appending(path: "cloud/streams/\($0).json").path)
        }
    }

    @Test func aTableHasItsColumnsItsKeyAndItsReferences() throws {
        let diagram = EntityDiagram([try OtherStream.plan()], showsColumns: true).description
        for part in [
            "    stations {\n        text network PK\n        integer number PK\n        real height\n    }\n",
            "        text network PK, FK\n        integer number PK, FK\n        integer port PK\n",
            "    stations ||--o{ sensors : \"network, number\"\n",
            "    stations |o--o{ readings : \"network, number\"\n",
            "    readings ||--o{ reading_history : \"reading\"\n", "        boolean good\n",
        ] {
            #expect(diagram.contains(part))
        }
        #expect(diagram.hasPrefix("erDiagram\n"))
    }

    @Test func aReferenceThatIsTheWholeKeyLeadsToOneRowAtMost() throws {
        let diagram = EntityDiagram(try plans(), showsColumns: false).description
        #expect(diagram.contains("    photo_albums ||--o| photo_album_events : \"photo_album_id\"\n"))
        #expect(diagram.contains("    venues |o--o{ events : \"venue_id\"\n"))
        #expect(!diagram.contains("{\n"))
    }

    /// What `cloud/README.md` shows is what the delivered stream files declare.
    @Test func theREADMEShowsTheDeliveredTables() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let parts = text.components(separatedBy: "```mermaid\n")
        try #require(parts.count == 2, "there is one diagram")
        let shown = parts[1].components(separatedBy: "```")[0]
        #expect(shown == EntityDiagram(try plans(), showsColumns: false).description)
        let files = try StreamPlan.load(directory: Recordings.package.appending(path: "cloud/streams").path)
        #expect(Set(files.map(\.name)) == Set(Self.delivered))
    }

    /// Third normal form is argued there table by table, none left out.
    @Test func theREADMEArguesForEachTable() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap {
            $0.split(separator: "|").first
        }
        for table in try plans().flatMap(\.tables) {
            #expect(rows.contains { $0.contains("`\(table.name)`") }, "\(table.name)")
        }
    }
}
