import Cryptography
import Warehouse

/// A place on the way that a warehouse has gone: a commit, what the ledger said of the last batches up to it, and how
/// messages became rows.
///
/// A warehouse that was put back to an older state, or made again, counts its commits anew, in another order: what has
/// changed after a commit of the old way says nothing then.
public struct LedgerMark: Hashable, Sendable {
    /// The batches that are looked at: to take two ways for one, so many batches would have to be the same ones, at the
    /// same moments, in the same commits, after different ones.
    private static let batches = 64

    /// The mark of tables that were made without a warehouse: none has come by here.
    static let none = LedgerMark(watermark: 0, sha256: "")

    /// The number of the commit.
    public let watermark: Int64
    /// The SHA-256 over the batches and the mappings of the streams, in hexadecimal.
    public let sha256: String

    init(watermark: Int64, sha256: String) {
        (self.watermark, self.sha256) = (watermark, sha256)
    }

    /// The mark of a commit of the warehouse.
    init(of warehouse: any Warehouse, at watermark: Int64) throws {
        let hash = SHA256()
        try warehouse.forEachRow(
            """
            SELECT id, watermark, device, epoch, sequence, received_ms FROM ledger WHERE watermark <= $1 \
            ORDER BY id DESC LIMIT \(Self.batches)
            """, [.integer(watermark)]
        ) { row in
            let numbers = [0, 1, 3, 4, 5].map { String(row.integer($0)) }.joined(separator: " ")
            hash.update(Array("\(numbers) \(row.value(2).text ?? "")\n".utf8))
        }
        try warehouse.forEachRow("SELECT name, mapping FROM streams ORDER BY name", []) { row in
            for column in 0...1 { hash.update(Array("\(row.value(column).text ?? "")\n".utf8)) }
        }
        self.init(watermark: watermark, sha256: Hexadecimal.encode(hash.digest()))
    }

    /// Whether the warehouse has come by here.
    func holds(in warehouse: any Warehouse) throws -> Bool {
        guard try watermark <= warehouse.watermark else { return false }
        return try LedgerMark(of: warehouse, at: watermark) == self
    }
}
