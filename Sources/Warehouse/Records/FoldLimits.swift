/// How much memory folding takes.
public struct FoldLimits: Sendable {
    /// The bytes that what is known of messages may take on a thread; beyond them it is put aside.
    public var known: Int
    /// The bytes that are sorted at once, of each table and of the history.
    public var block: Int

    /// The limits that keep so many threads within some 200 MB together.
    public init(threads: Int = 1) {
        known = (80 << 20) / threads
        block = (16 << 20) / threads
    }
}
