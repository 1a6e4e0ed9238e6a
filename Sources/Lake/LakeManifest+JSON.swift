import JSON
import Parquet

extension LakeManifest {
    static let formatVersion: Int64 = 1

    /// The JSON form.
    var json: [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.formatVersion), "fleet": .string(fleet),
            "created_ms": .integer(createdMilliseconds),
            "watermark": .integer(mark.watermark), "ledger_sha256": .string(mark.sha256),
            "tables": .array(tables.map(\.json)),
            "superseded": .array(
                superseded.map { ["path": .string($0.path), "since_ms": .integer($0.sinceMilliseconds)] }),
        ]
        return value.bytes
    }

    /// Reads the JSON form; `place` is where it was found, for people.
    init(json bytes: [UInt8], place: String) throws(LakeError) {
        do {
            let value = try JSONValue(parsing: bytes)
            let version = try value.requiredInteger("version")
            guard version <= Self.formatVersion else {
                throw LakeError.newerFormat(place: place, found: version, known: Self.formatVersion)
            }
            try self.init(value)
        } catch let error as LakeError {
            throw error
        } catch {
            throw .damagedManifest(place: place, reason: String(describing: error))
        }
    }

    private init(_ value: JSONValue) throws(JSONError) {
        fleet = try value.requiredString("fleet")
        createdMilliseconds = try value.requiredInteger("created_ms")
        mark = LedgerMark(
            watermark: try value.requiredInteger("watermark"), sha256: try value.requiredString("ledger_sha256"))
        (tables, superseded) = ([], [])
        for table in try value.requiredArray("tables") { tables.append(try Table(table)) }
        for file in try value.requiredArray("superseded") {
            superseded.append(
                try Superseded(
                    path: file.requiredString("path"), sinceMilliseconds: file.requiredInteger("since_ms")))
        }
    }
}

extension LakeManifest.Table {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("stream", .string(stream)),
            .init(
                "columns",
                .array(
                    columns.map { column in
                        [
                            "name": .string(column.name), "type": .string(column.kind.rawValue),
                            "nullable": .boolean(column.isOptional),
                        ]
                    })),
        ]
        if let division {
            members += [.init("time", .string(division.column)), .init("unit", .string(division.unit))]
        }
        members += [.init("rows", .integer(rows)), .init("files", .array(files.map(\.json)))]
        return .object(members)
    }

    fileprivate init(_ value: JSONValue) throws(JSONError) {
        name = try value.requiredString("name")
        stream = try value.requiredString("stream")
        (columns, files) = ([], [])
        for column in try value.requiredArray("columns") {
            guard let kind = ParquetColumn.Kind(rawValue: try column.requiredString("type")),
                let isOptional = column["nullable"]?.boolean
            else { throw .mismatch(path: "columns", wanted: "types that are known") }
            columns.append(ParquetColumn(try column.requiredString("name"), kind, isOptional: isOptional))
        }
        if let column = value["time"]?.string {
            division = LakeManifest.Division(column: column, unit: try value.requiredString("unit"))
        }
        for file in try value.requiredArray("files") { files.append(try LakeManifest.File(file)) }
    }
}

extension LakeManifest.File {
    fileprivate var json: JSONValue {
        let day = partition.map { [JSONValue.Member("dt", .string($0))] } ?? []
        return .object(
            [.init("path", .string(path))] + day + [
                .init("rows", .integer(rows)), .init("bytes", .integer(byteCount)), .init("sha256", .string(sha256)),
            ])
    }

    fileprivate init(_ value: JSONValue) throws(JSONError) {
        path = try value.requiredString("path")
        partition = value["dt"]?.string
        rows = try value.requiredInteger("rows")
        byteCount = try value.requiredInteger("bytes")
        sha256 = try value.requiredString("sha256")
    }
}
