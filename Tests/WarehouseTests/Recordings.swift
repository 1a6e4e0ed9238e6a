import Foundation
import SQLite
import StreamDefinition
import Testing

@testable import Warehouse

/// The recordings, the stream file and the oracle, found from here.
enum Recordings {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let folder = package.appending(path: "Tests/Fixtures/recordings")
    static let names = ["rsvps-2015-03-08", "rsvps-2017-03-19"]

    static func plan() throws -> StreamPlan {
        try StreamPlan.load(file: package.appending(path: "cloud/streams/rsvps.json").path)
    }

    static func lines(_ name: String) throws -> [String] {
        try String(contentsOf: folder.appending(path: "\(name).ndjson"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    static func digests(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name).digests"), encoding: .utf8)
    }

    /// What the oracle prints for lines.
    static func oracle(_ lines: [String]) throws -> String {
        try python([package.appending(path: "Tests/oracle/merge_oracle.py").path], reading: lines)
    }

    /// What a Python program prints that is given the name of a file with those lines.
    static func python(_ arguments: [String], reading lines: [String]) throws -> String {
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "lines")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
            return try python(arguments + [file.path])
        }
    }

    /// What a Python program prints.
    static func python(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "python3 \(arguments)")
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A folder that is gone afterwards.
enum TemporaryFolder {
    static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// Statements run on an SQLite file beside the warehouse.
enum SQLiteScript {
    static func run(_ script: String, in path: String) throws {
        try SQLiteDatabase(path: path).execute(script)
    }
}

/// A random number generator whose runs can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
