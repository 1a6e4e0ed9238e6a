import Transfer

/// What an edge takes from outside: the clocks, the network, the disk of its spool and chance. The machine's own, or those
/// of a simulation.
package struct EdgeSurroundings {
    /// What time it is.
    package var clock: any EdgeClock
    /// The way to sources and cloud; of one edge alone.
    package var transfers: any Transfers
    /// Where the spool is; nil for the state directory.
    package var spoolFolder: (any SpoolFolder)?
    /// Decides all jitter.
    package var seed: UInt64
    /// Names the time since the machine was started.
    package var boot: String
    /// When the program was built, in milliseconds since 1970: it is certainly later than that.
    package var builtMilliseconds: Int64

    /// Surroundings.
    package init(
        clock: any EdgeClock, transfers: any Transfers, spoolFolder: (any SpoolFolder)? = nil, seed: UInt64,
        boot: String, builtMilliseconds: Int64
    ) {
        (self.clock, self.transfers, self.spoolFolder, self.seed) = (clock, transfers, spoolFolder, seed)
        (self.boot, self.builtMilliseconds) = (boot, builtMilliseconds)
    }

    /// This machine, with a loop of its own around its network.
    static func machine(seed: UInt64 = UInt64.random(in: .min ... .max)) throws -> EdgeSurroundings {
        EdgeSurroundings(
            clock: SystemClock(), transfers: try TransferLoop(), seed: seed, boot: try bootIdentifier(),
            builtMilliseconds: SystemClock.programMilliseconds)
    }

    private static func bootIdentifier() throws(EdgeError) -> String {
        let bytes = try StateDirectory(path: "/proc/sys/kernel/random").read("boot_id") ?? Array("unknown".utf8)
        return String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
    }
}
