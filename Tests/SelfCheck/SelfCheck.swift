import EdgeCollector
import Glibc

/// What every processor that an edge runs on has to compute alike, a line a result: run on two, the outputs are equal.
///
/// It is a plain program because on ARM there is neither a test library nor Foundation. What no two machines need to
/// have in common is not printed: compressed bytes, which change with the version of zstd.
enum SelfCheck {
    private static let usage = """
        USAGE: waystation-selfcheck compute PROJECT FOLDER   compute, and leave batches and a model in FOLDER, new or empty
               waystation-selfcheck read PROJECT FOLDER      read what 'compute' left there, on whatever machine it ran
        """

    /// Does what the words behind the program's name say; returns the exit status.
    static func main(_ words: [String]) -> Int32 {
        guard words.count == 3, words[0] == "compute" || words[0] == "read" else {
            print(usage)
            return 64
        }
        do {
            let material = try Material(project: words[1])
            let folder = StateDirectory(path: words[2])
            if words[0] == "compute" {
                try folder.create()
                try CryptographyCheck(material: material).run()
                try JSONCheck(material: material).run()
                try BatchCheck(material: material).run()
                try ScoreCheck(material: material, folder: folder).run()
                try SpoolCheck(material: material, folder: folder).run()
            } else {
                try ExchangeCheck(material: material, folder: folder).run()
            }
            return 0
        } catch {
            print("FAILED: \(error)")
            return 1
        }
    }

    /// Prints a result.
    static func report(_ name: String, _ value: some CustomStringConvertible) {
        print("\(name): \(value)")
    }

    /// Ends the self-check unless `condition` holds.
    static func require(_ condition: Bool, _ sentence: String) throws(CheckFailure) {
        if !condition { throw CheckFailure(description: sentence) }
    }
}

/// What does not hold on this machine.
struct CheckFailure: Error, CustomStringConvertible {
    let description: String
}
