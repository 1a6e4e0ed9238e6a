import Parquet
import Testing

@testable import Lake

@Suite struct LakeManifestTests {
    private static let manifest = LakeManifest(
        fleet: "łódź \"1\"", createdMilliseconds: 1_425_788_568_167, mark: LedgerMark(watermark: 7, sha256: "0a"),
        tables: [
            .init(
                name: "shops", stream: "orders", columns: [ParquetColumn("shop", .integer, isOptional: false)],
                division: nil,
                files: [.init(path: "shops/a.parquet", partition: nil, rows: 1, byteCount: 2, sha256: "0b")]),
            .init(
                name: "orders", stream: "orders",
                columns: [
                    ParquetColumn("at", .integer, isOptional: true), ParquetColumn("open", .truth, isOptional: true),
                ],
                division: .init(column: "at", unit: "second"),
                files: [
                    .init(
                        path: "orders/dt=2015-03-08/a.parquet", partition: "2015-03-08", rows: 3, byteCount: 4,
                        sha256: "c")
                ]),
        ], superseded: [.init(path: "shops/old.parquet", sinceMilliseconds: 5)])

    @Test func whatIsWrittenIsRead() throws {
        let read = try LakeManifest(json: Self.manifest.json, place: "here")
        #expect(read == Self.manifest)
        #expect(read.paths == ["shops/a.parquet", "orders/dt=2015-03-08/a.parquet", "shops/old.parquet"])
    }

    /// The words for the types are part of the format.
    @Test func typesAreNamedAsStreamFilesNameThem() {
        let text = String(decoding: Self.manifest.json, as: UTF8.self)
        #expect(text.contains(#"{"name":"shop","type":"integer","nullable":false}"#))
        #expect(text.contains(#"{"name":"open","type":"boolean","nullable":true}"#))
    }

    @Test func anotherMomentIsTheSameState() {
        var other = Self.manifest
        other.createdMilliseconds += 1
        #expect(other.isSame(as: Self.manifest))
        other.superseded = []
        #expect(!other.isSame(as: Self.manifest))
    }

    @Test func aNewerFormatIsRefusedWithWhatToDo() throws {
        let newer = #"{"version":2,"something":"else"}"#
        #expect(throws: LakeError.newerFormat(place: "here", found: 2, known: 1)) {
            try LakeManifest(json: Array(newer.utf8), place: "here")
        }
    }

    @Test func anyPieceIsNoManifest() {
        let whole = Self.manifest.json
        for count in stride(from: 0, to: whole.count, by: 7) {
            #expect {
                try LakeManifest(json: Array(whole.prefix(count)), place: "here")
            } throws: { error in
                String(describing: error).contains("run 'waystation-cloud etl --full'")
            }
        }
    }
}
