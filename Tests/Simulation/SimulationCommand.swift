import Glibc

/// Runs edges and cloud together, many times over, each run from one seed: same seed, same run.
///
/// Time, network, disks and chance are simulated; the edges are whole ones (`Edge`), and the cloud checks batches with the
/// project's own code. After the last fault of a run all must come to rest, and then nothing may be lost, doubled or
/// invented; see `Verdict`.
enum SimulationCommand {
    private static let usage = """
        USAGE: waystation-simulation run [--seeds N] [--first S] [--jobs J]   run N seeds (2000) from S (1) in J processes (2)
               waystation-simulation replay SEED [--trace]                    run one; --trace prints what happens in it
        """
    private static let usageStatus: Int32 = 64
    /// In one run of so many the cloud merges into real tables too.
    private static let warehouseInterval: UInt64 = 20

    /// Does what the words behind the program's name say; returns the exit status.
    static func main(_ words: [String]) -> Int32 {
        do {
            switch words.first {
            case "run":
                guard let options = numbers(words.dropFirst(), ["--seeds": 2000, "--first": 1, "--jobs": 2]) else {
                    break
                }
                return try run(options)
            case "work":
                // What `run` starts; nobody else needs it.
                guard let options = numbers(words.dropFirst(), ["--first": 1, "--last": 1, "--stride": 1]) else {
                    break
                }
                return try work(options)
            case "replay":
                guard words.count >= 2, let seed = UInt64(words[1]), words.dropFirst(2).allSatisfy({ $0 == "--trace" })
                else { break }
                try ChildProcess.becomeRepeatable()
                return try replay(seed, isTraced: words.count > 2)
            default: break
            }
            StandardOutput.write(usage)
            return usageStatus
        } catch {
            StandardOutput.write("FAILED: \(error)")
            return 1
        }
    }

    private static func run(_ options: [String: UInt64]) throws -> Int32 {
        let pool = WorkerPool(
            first: options["--first"] ?? 1, count: options["--seeds"] ?? 1, jobs: Int(options["--jobs"] ?? 1))
        return try pool.run() ? 0 : 1
    }

    private static func work(_ options: [String: UInt64]) throws -> Int32 {
        let site = try SimulationSite()
        let (first, last) = (options["--first"] ?? 1, options["--last"] ?? 1)
        for seed in stride(from: first, through: last, by: Int(options["--stride"] ?? 1)) {
            StandardOutput.write("begin \(seed)")
            let world = try World(seed: seed, site: site, usesWarehouse: seed % warehouseInterval == 0, isTraced: false)
            for failure in world.run() { StandardOutput.write("failure \(seed) \(failure)") }
            StandardOutput.write("end \(seed) \(world.trace.digest)")
        }
        return 0
    }

    private static func replay(_ seed: UInt64, isTraced: Bool) throws -> Int32 {
        let site = try SimulationSite()
        let usesWarehouse = seed % warehouseInterval == 0
        let world = try World(seed: seed, site: site, usesWarehouse: usesWarehouse, isTraced: isTraced)
        let failures = world.run()
        for failure in failures { StandardOutput.write("seed \(seed): \(failure)") }
        let (messages, batches) = (world.source.messages.count, world.cloud.ledger.batchCount)
        let digest = String(world.trace.digest, radix: 16)
        StandardOutput.write(
            "seed \(seed): \(messages) messages, \(batches) batches, \(failures.count) failures, digest \(digest)")
        return failures.isEmpty ? 0 : 1
    }

    /// The values of options; nil where one is not known or has no number.
    private static func numbers(_ words: ArraySlice<String>, _ usual: [String: UInt64]) -> [String: UInt64]? {
        var values = usual
        var rest = words
        while let name = rest.popFirst() {
            guard usual[name] != nil, let value = rest.popFirst().flatMap({ UInt64($0) }), value > 0 else { return nil }
            values[name] = value
        }
        return values
    }
}
