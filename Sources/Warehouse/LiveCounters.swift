/// What is counted of a stream as it comes in.
///
/// Revisions are counted when they are new to the warehouse, so that several edges that carry the same stream count
/// once; a precise revision that takes the place of its echo counts nothing more.
public struct LiveCounters: Equatable, Sendable {
    /// A value that is counted by, and its count.
    public struct Entry: Equatable, Sendable {
        /// The value.
        public let value: String
        /// Its name for people, where there is one.
        public let label: String?
        /// The revisions with it.
        public let count: Int64
    }

    /// The events received in batches that were merged, repeated and malformed ones included.
    public let events: Int64
    /// Those of them that could not be merged.
    public let malformed: Int64
    /// The distinct revisions.
    public let revisions: Int64
    /// The revisions by the values that split the stream.
    public let split: [String: Int64]
    /// The regions with the most revisions.
    public let regions: [Entry]
    /// The categories with the most revisions.
    public let categories: [Entry]
}
