import Foundation
import Testing

/// The edge has to run where Foundation and Dispatch are not: on ARM, and in little memory.
@Suite struct LinkageTests {
    /// The program that was built beside this test bundle.
    private static func program() throws -> String {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        if let index = CommandLine.arguments.firstIndex(of: "--test-bundle-path") {
            folder = URL(fileURLWithPath: CommandLine.arguments[index + 1]).deletingLastPathComponent()
        }
        let candidates = [folder, Bundle.main.bundleURL].map { $0.appendingPathComponent("waystation-edge").path }
        return try #require(
            candidates.first { FileManager.default.isExecutableFile(atPath: $0) },
            "waystation-edge is not at \(candidates)")
    }

    private static func output(of tool: String, _ arguments: [String]) throws -> [String] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(tool) failed")
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// All that is loaded with the program, however indirectly.
    @Test func programLoadsNeitherFoundationNorDispatch() throws {
        let loaded = try Self.output(of: "ldd", [Self.program()])
        #expect(loaded.contains { $0.contains("libcurl") }, "\(loaded)")
        for line in loaded {
            for library in ["Foundation", "libdispatch", "libBlocksRuntime"] {
                #expect(!line.contains(library), "\(line)")
            }
        }
    }

    @Test func programUsesNothingOfThem() throws {
        let symbols = try Self.output(of: "readelf", ["-sW", Self.program()]).compactMap {
            $0.split(separator: " ").dropFirst(7).first.map(String.init)
        }
        #expect(symbols.count > 1000)
        let forbidden = [
            "dispatch_", "$s10Foundation", "$s8Dispatch", "swift_task_", "swift_job_", "$sSc", "$ss15ContinuousClock",
        ]
        for symbol in symbols where forbidden.contains(where: symbol.hasPrefix) {
            Issue.record("the program has \(symbol)")
        }
    }

    @Test func programAnswersWithoutAConfiguration() throws {
        #expect(try Self.output(of: Self.program(), ["--version"]).first?.hasPrefix("waystation-edge ") == true)
        for command in ["run", "check", "enroll", "status", "tail"] {
            #expect(try Self.output(of: Self.program(), [command, "--help"]).contains { $0.hasPrefix("USAGE:") })
        }
    }
}
