import Glibc
import Parquet
import Testing

/// What readers of Parquet find in the files is tested with theirs, in Tests/EndToEnd/lake_test.py.
@Suite struct ParquetWriterTests {
    private static let columns = [
        ParquetColumn("id", .integer, isOptional: false), ParquetColumn("name", .text, isOptional: true),
        ParquetColumn("lat", .real, isOptional: true), ParquetColumn("is_new", .truth, isOptional: true),
    ]

    private func append(_ number: Int64, to writer: ParquetWriter) throws(ParquetError) {
        writer.append(number, to: 0)
        if number % 3 == 0 {
            for column in 1...3 { writer.appendNull(to: column) }
        } else {
            var text = String(repeating: "name \(number) ", count: Int(number % 20))
            text.withUTF8 { writer.append($0, to: 1) }
            writer.append(Double(number) / 8, to: 2)
            writer.append(number % 2 == 0, to: 3)
        }
        try writer.endRow()
    }

    @Test(arguments: [0, 1, 7, 8, 9, 100, 1000])
    func aFileIsWholeWhateverItsRows(rows: Int64) throws {
        try withFile { path in
            var limits = ParquetWriter.GroupLimits()
            limits.rows = 100
            let writer = try ParquetWriter(path: path, columns: Self.columns, limits: limits)
            for number in 0..<rows { try append(number, to: writer) }
            try writer.close()
            #expect(writer.rows == rows)
            let bytes = try content(of: path)
            #expect(bytes.starts(with: Array("PAR1".utf8)))
            #expect(bytes.suffix(4) == Array("PAR1".utf8))
        }
    }

    @Test func theSameRowsGiveTheSameBytes() throws {
        var files: [[UInt8]] = []
        for _ in 0..<2 {
            try withFile { path in
                let writer = try ParquetWriter(path: path, columns: Self.columns)
                for number in 0..<5000 as Range<Int64> { try append(number, to: writer) }
                try writer.close()
                files.append(try content(of: path))
            }
        }
        #expect(files[0] == files[1])
    }

    @Test func aLimitOfBytesMakesMoreRowGroups() throws {
        var sizes: [Int] = []
        for bytes in [1 << 20, 1 << 10] {
            try withFile { path in
                var limits = ParquetWriter.GroupLimits()
                limits.bytes = bytes
                let writer = try ParquetWriter(path: path, columns: Self.columns, limits: limits)
                for number in 0..<5000 as Range<Int64> { try append(number, to: writer) }
                try writer.close()
                sizes.append(try content(of: path).count)
            }
        }
        #expect(sizes[1] > 2 * sizes[0], "row groups have heads of their own")
    }

    @Test func whatCannotBeWrittenSaysWhy() throws {
        #expect {
            _ = try ParquetWriter(path: "/nowhere/a.parquet", columns: Self.columns)
        } throws: { error in
            let text = String(describing: error)
            return text.hasPrefix("cannot create '/nowhere/a.parquet'") && text.contains("No such file or directory")
        }
        #expect(throws: ParquetError.noColumns(path: "a")) { _ = try ParquetWriter(path: "a", columns: []) }
    }

    @Test func aFullDiskIsAnErrorAndNoCrash() throws {
        #expect {
            let writer = try ParquetWriter(path: "/dev/full", columns: Self.columns)
            try append(1, to: writer)
            try writer.close()
        } throws: { error in
            String(describing: error).contains("No space left on device")
        }
    }

    private func withFile(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/waystation-parquet-XXXXXX\0".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink("\(folder)/file.parquet")
            rmdir(folder)
        }
        try body("\(folder)/file.parquet")
    }

    private func content(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }
}
