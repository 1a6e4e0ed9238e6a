/// What a receiver allows a batch to be.
public struct BatchLimits: Hashable, Sendable {
    /// The bytes of the whole file.
    public var wireBytes: Int
    /// The bytes that its frames unpack to.
    public var rawBytes: Int
    /// How many times larger than its frames it may unpack, once it is past `ratioFloorBytes`.
    public var ratio: Int
    /// The bytes of one event.
    public var lineBytes: Int

    /// Up to here any ratio is allowed: repeated events compress a thousandfold. An edge seals at the latest here.
    public static let ratioFloorBytes = 4 << 20
    /// The longest event.
    public static let maximumLineBytes = 64 << 10

    /// The limits every installation begins with, unless told otherwise.
    public init(
        wireBytes: Int = 4 << 20, rawBytes: Int = 32 << 20, ratio: Int = 100, lineBytes: Int = maximumLineBytes
    ) {
        self.wireBytes = wireBytes
        self.rawBytes = rawBytes
        self.ratio = ratio
        self.lineBytes = lineBytes
    }

    /// The bytes that frames of that size may unpack to.
    func rawBytes(forFrames framesBytes: Int64) -> Int {
        let byRatio = Int(clamping: framesBytes).multipliedReportingOverflow(by: ratio)
        return min(rawBytes, max(Self.ratioFloorBytes, byRatio.overflow ? .max : byRatio.partialValue))
    }
}
