import Foundation
import FuzzTargets
import Testing

/// All that fuzzing has found worth keeping, given to the parsers again: what once was a crash stays none.
@Suite struct FuzzCorpusTests {
    private static let corpora = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fuzzing/Corpora").standardizedFileURL

    @Test(arguments: FuzzTarget.allCases)
    func corpusPasses(target: FuzzTarget) throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.corpora.appending(path: target.rawValue), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files { target.run(Array(try Data(contentsOf: file))) }
    }

    /// A hundred bytes of each seed, changed: what a fuzzer does first, in every test run.
    @Test(arguments: FuzzTarget.allCases)
    func neighboursOfTheCorpusPass(target: FuzzTarget) throws {
        let folder = Self.corpora.appending(path: target.rawValue)
        let seeds = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("seed") }
        #expect(!seeds.isEmpty)
        for seed in seeds {
            let bytes = Array(try Data(contentsOf: seed))
            for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
                var changed = bytes
                changed[place] ^= UInt8(truncatingIfNeeded: 1 << (place % 8))
                target.run(changed)
                target.run(Array(bytes[..<place]))
            }
        }
    }
}
