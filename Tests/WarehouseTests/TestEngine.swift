import Glibc
import PostgreSQL
import Testing

@testable import Warehouse

/// The engines that the suite of all warehouses runs on. PostgreSQL needs a server, which `provisioning/test` starts and
/// names in `WAYSTATION_POSTGRESQL`; without one it is left out, and `EngineTests` says so.
enum TestEngine: String, CustomTestStringConvertible {
    case sqlite, postgresql

    static let server = getenv("WAYSTATION_POSTGRESQL").map { String(cString: $0) }
    static let available: [TestEngine] = server == nil ? [.sqlite] : [.sqlite, .postgresql]

    /// So many seeds on SQLite, and a third of them on PostgreSQL, where a warehouse takes longer to make than to fill.
    static func runs(_ seeds: UInt64) -> [TestRun] {
        available.flatMap { engine in
            (1...(engine == .sqlite ? seeds : seeds / 3)).map { TestRun(engine: engine, seed: $0) }
        }
    }

    var testDescription: String { rawValue }
}

/// A run of a random test.
struct TestRun: CustomTestStringConvertible {
    let engine: TestEngine
    let seed: UInt64

    var testDescription: String { "\(engine.rawValue), seed \(seed)" }
}

@Suite struct EngineTests {
    @Test(.enabled(if: TestEngine.server != nil, "PostgreSQL is not tested: no server in WAYSTATION_POSTGRESQL"))
    func postgresqlIsTested() throws {
        let connection = try PostgreSQLConnection(PostgreSQLAddress(#require(TestEngine.server)))
        #expect(connection.reported("server_encoding") == "UTF8")
        #expect(connection.reported("is_superuser") == "off")
    }
}
