import BatchFormat
import Cryptography
import FleetProtocol
import JSON
import Signing
import Warehouse

/// What a backup holds, signed with the receipt key; the object `manifest.json` of the backup, put last.
///
/// The JSON form is an envelope (DSSE) whose payload has these members in this order: `version` (1), `fleet`, `name`,
/// `created_ms`, `watermark` (the last commit that the warehouse holds), `tables` (`name`, `rows`, `sha256` of the
/// canonical text), `files` (`name`, `bytes` and `sha256` as they are in the state folder, `packed_bytes`).
public struct BackupManifest: Hashable, Sendable {
    /// The payload type of the envelope.
    static let mediaType = "application/vnd.waystation.backup+json"
    private static let formatVersion: Int64 = 1

    /// A file of the state folder.
    public struct File: Hashable, Sendable {
        /// Its path in the state folder.
        public var name: String
        /// Its length.
        public var byteCount: Int64
        /// Its SHA-256.
        public var sha256: [UInt8]
        /// Its length in the backup.
        public var packedByteCount: Int64
    }

    /// A table's name, rows and digest, as `tables --digest` prints them.
    public struct Table: Hashable, Sendable {
        /// The table.
        public var name: String
        /// Its rows.
        public var rows: Int64
        /// The SHA-256 of its canonical text.
        public var sha256: [UInt8]
    }

    /// The fleet it is of.
    public var fleet: String
    /// Its own name.
    public var name: String
    /// When it was begun, in milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// The last commit of the warehouse that is in it.
    public var watermark: Int64
    /// The tables of all streams.
    public var tables: [Table]
    /// The files: both databases, and the models.
    public var files: [File]

    /// The bytes it takes in the store.
    public var packedByteCount: Int64 { files.reduce(0) { $0 + $1.packedByteCount } }

    /// The signed form: the JSON of an envelope.
    func signed(by key: PrivateKey) throws(CryptographyError) -> [UInt8] {
        try Envelope(payloadType: Self.mediaType, payload: json, key: key).json
    }

    /// Reads the signed form, once its signature by `key` is found right.
    init(signed bytes: [UInt8], key: PublicKey) throws {
        try self.init(json: Envelope(json: bytes).verifiedPayload(type: Self.mediaType, key: key))
    }

    init(
        fleet: String, name: String, createdMilliseconds: Int64, watermark: Int64, tables: [TableDigest], files: [File]
    ) {
        (self.fleet, self.name, self.createdMilliseconds) = (fleet, name, createdMilliseconds)
        (self.watermark, self.files) = (watermark, files)
        self.tables = tables.map(Table.init)
    }

    var json: [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.formatVersion), "fleet": .string(fleet), "name": .string(name),
            "created_ms": .integer(createdMilliseconds), "watermark": .integer(watermark),
            "tables": .array(tables.map(\.json)), "files": .array(files.map(\.json)),
        ]
        return value.bytes
    }

    private init(json bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        guard try value.requiredInteger("version") == Self.formatVersion else {
            throw .mismatch(path: "version", wanted: "\(Self.formatVersion)")
        }
        fleet = try value.requiredString("fleet")
        name = try value.requiredString("name")
        createdMilliseconds = try value.requiredInteger("created_ms")
        watermark = try value.requiredInteger("watermark")
        (tables, files) = ([], [])
        for table in try value.requiredArray("tables") { tables.append(try Table(table)) }
        for file in try value.requiredArray("files") { files.append(try File(file)) }
    }
}

extension BackupManifest.File {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "bytes": .integer(byteCount), "sha256": .string(Hexadecimal.encode(sha256)),
            "packed_bytes": .integer(packedByteCount),
        ]
    }

    fileprivate init(_ value: JSONValue) throws(JSONError) {
        name = try value.requiredString("name")
        byteCount = try value.requiredInteger("bytes")
        sha256 = try value.requiredDigest("sha256")
        packedByteCount = try value.requiredInteger("packed_bytes")
    }
}

extension BackupManifest.Table {
    init(_ digest: TableDigest) {
        self.init(name: digest.name, rows: Int64(digest.rows), sha256: digest.sha256)
    }

    fileprivate var json: JSONValue {
        ["name": .string(name), "rows": .integer(rows), "sha256": .string(Hexadecimal.encode(sha256))]
    }

    fileprivate init(_ value: JSONValue) throws(JSONError) {
        name = try value.requiredString("name")
        rows = try value.requiredInteger("rows")
        sha256 = try value.requiredDigest("sha256")
    }
}
