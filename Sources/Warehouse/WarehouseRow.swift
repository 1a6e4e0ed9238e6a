/// The row that a statement stands at, read by column position from 0; good until the next row.
public protocol WarehouseRow: AnyObject {
    /// Whether the column is null.
    func isNull(_ column: Int) -> Bool
    /// The column's integer; 0 for null.
    func integer(_ column: Int) -> Int64
    /// The column's number; 0 for null.
    func real(_ column: Int) -> Double
    /// Hands over the bytes of the column's text, good until the next row; nil, and no call, for a value of another class.
    func withText<Result>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result?
    /// The column's value.
    func value(_ column: Int) -> WarehouseValue
}
