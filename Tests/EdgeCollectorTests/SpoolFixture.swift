import BatchFormat
import Cryptography
import FleetProtocol
import Foundation
import SQLite

@testable import EdgeCollector

/// A folder of its own under the system's temporary one, gone with its last reference.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("edge-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path): \(error)") }
    }

    var state: StateDirectory { StateDirectory(path: path) }

    /// The same files as they are now, as a kill or a power cut at this moment would leave them.
    func copy() throws -> TemporaryFolder {
        let other = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "lock" {
            try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(other.path)/\(name)")
        }
        return other
    }
}

/// A spool in a folder, and a clock that moves when it is told to.
struct SpoolFixture {
    static let key: PrivateKey = {
        do { return try PrivateKey(seed: [UInt8](repeating: 7, count: 32)) } catch { fatalError("\(error)") }
    }()
    static let stream = "rsvps"
    static let start: Int64 = 1_790_000_000_000

    let folder: TemporaryFolder
    var settings = SpoolSettings()
    var moment = Moment(monotonic: .seconds(100), milliseconds: start, clock: .synchronized)

    init(_ folder: TemporaryFolder? = nil, settings: SpoolSettings = SpoolSettings()) throws {
        self.folder = try folder ?? TemporaryFolder()
        self.settings = settings
    }

    static var identity: SpoolIdentity {
        SpoolIdentity(device: key.publicKey.deviceIdentifier, fleet: "test", key: key, boot: "boot-1")
    }

    func open(_ recovered: @escaping (SpoolRecovery) -> Void = { _ in }) throws -> Spool {
        try SpoolOpening(
            state: folder.state, settings: settings, identity: Self.identity, streams: [Self.stream]
        ).open(at: moment, recovered: recovered)
    }

    mutating func advance(_ span: Duration) {
        moment.monotonic += span
        moment.milliseconds += span.milliseconds
    }

    static func event(_ number: Int) -> String {
        #"{"rsvp_id":\#(number),"mtime":\#(start + Int64(number)),"response":"yes","note":"\#(number &* 7919)"}"#
    }

    func append(_ numbers: some Sequence<Int>, to spool: Spool) throws {
        for number in numbers {
            try Array(Self.event(number).utf8).withUnsafeBytes {
                try spool.append($0, to: Self.stream, time: Self.start + Int64(number), at: moment)
            }
        }
    }
}

extension Spool {
    /// All sealed batches, opened and checked as the cloud would.
    func sealedBatches(
        at moment: Moment, limit: Int = .max
    ) throws -> [(row: Int64, manifest: Manifest, lines: [String])] {
        var seen: Set<Int64> = []
        var batches: [(row: Int64, manifest: Manifest, lines: [String])] = []
        while batches.count < limit, let row = try nextSealed(excluding: seen) {
            seen.insert(row)
            guard let file = try sealedFile(row, at: moment) else { continue }
            let (manifest, events) = try SealedBatch.open(file.bytes, key: SpoolFixture.key.publicKey)
            var lines: [String] = []
            EventLines(events).forEach { lines.append(String(decoding: $0, as: UTF8.self)) }
            batches.append((row, manifest, lines))
        }
        return batches
    }

    func receipt(for manifest: Manifest, at moment: Moment) -> Receipt {
        Receipt(
            device: manifest.identity.device, epoch: manifest.identity.epoch, sequence: manifest.identity.sequence,
            manifestSHA256: manifest.sha256, result: .merged, watermark: 1, serverTimeMilliseconds: moment.milliseconds)
    }
}

extension SeededGenerator {
    /// The seeds of random runs, so many where the environment does not say otherwise: `WAYSTATION_SEEDS` is how many, and
    /// `WAYSTATION_SEED` the one that is run alone.
    static func seeds(usually count: UInt64) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["WAYSTATION_SEED"].flatMap(UInt64.init) { return [seed] }
        return Array(0..<(environment["WAYSTATION_SEEDS"].flatMap(UInt64.init) ?? count))
    }

    /// Letters that hardly compress.
    mutating func noise(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = next() & 0x7F7F_7F7F_7F7F_7F7F | 0x4040_4040_4040_4040
            withUnsafeBytes(of: word) { bytes += $0 }
        }
        return Array(bytes[..<count])
    }
}
