import BatchFormat
import RawStore
import Warehouse

/// Walks through the ledger in pages, so that the server's commits are not held up: which batches lie in the raw store, and
/// whether each follows the one before it.
struct LedgerAudit {
    /// The rows read at once.
    private static let pageSize: Int64 = 4096

    /// What was found.
    struct Findings {
        /// Sequences between two batches of an epoch that have not come, or not yet.
        var outstanding: Int64 = 0
        /// Batches that do not follow the one before them.
        var broken = 0
    }

    private struct Row {
        let identity: BatchIdentity
        let digest: [UInt8]
        let manifest: [UInt8]
        let rawKey: String
    }

    let warehouse: any Warehouse
    /// Later commits are not looked at.
    let watermark: Int64

    /// - Parameters:
    ///   - isThere: whether a key was seen in the raw store.
    ///   - noteAbsent: told of each key that was not.
    ///   - complain: told of each batch that does not follow the one before it.
    func run(
        isThere: (String) -> Bool, noteAbsent: (String) -> Void, complain: (String, String) -> Void
    ) throws -> Findings {
        var findings = Findings()
        var last: Row?
        while case let page = try rows(after: last?.identity), !page.isEmpty {
            for row in page {
                if !isThere(row.rawKey) { noteAbsent(row.rawKey) }
                try follow(row, last, &findings, complain)
                last = row
            }
        }
        return findings
    }

    private func follow(
        _ row: Row, _ last: Row?, _ findings: inout Findings, _ complain: (String, String) -> Void
    ) throws {
        let isSameEpoch = last?.identity.device == row.identity.device && last?.identity.epoch == row.identity.epoch
        let before = isSameEpoch ? last?.identity.sequence ?? 0 : 0
        guard row.identity.sequence == before + 1 else {
            findings.outstanding += row.identity.sequence - before - 1
            return
        }
        let wanted = before == 0 ? Manifest.noPrevious : last?.digest
        guard try Manifest(json: row.manifest).previous != wanted else { return }
        findings.broken += 1
        complain(row.rawKey, "it does not follow the batch before it")
    }

    private func rows(after identity: BatchIdentity?) throws -> [Row] {
        var rows: [Row] = []
        try warehouse.forEachRow(
            """
            SELECT device, epoch, sequence, manifest_sha256, manifest, raw_key FROM ledger \
            WHERE watermark <= $1 AND (device, epoch, sequence) > ($2, $3, $4) \
            ORDER BY device, epoch, sequence LIMIT \(Self.pageSize)
            """,
            [
                .integer(watermark), .text(identity?.device ?? ""), .integer(identity?.epoch ?? 0),
                .integer(identity?.sequence ?? 0),
            ]
        ) { row in
            rows.append(
                Row(
                    identity: BatchIdentity(
                        device: row.value(0).text ?? "", epoch: row.integer(1), sequence: row.integer(2)),
                    digest: row.value(3).blob ?? [], manifest: Array((row.value(4).text ?? "").utf8),
                    rawKey: row.value(5).text ?? ""))
        }
        return rows
    }
}
