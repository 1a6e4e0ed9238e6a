import CParquet

/// The cells of a column that are not written yet, in memory as Arrow lays them out.
///
/// Values lie one behind the other, a null's place too. Of a text the bytes are in `values`, and `offsets` says where each
/// begins and, at the end, where the last one ends. In `validity` a row has a bit, the lowest of a byte first, set where
/// there is a value; truths are such bits too.
final class CellBuffer {
    let kind: ParquetColumn.Kind
    private let isOptional: Bool
    private var values: UnsafeMutableRawPointer
    private var valueBytes = 0
    private var valueCapacity: Int
    private let offsets: UnsafeMutablePointer<Int32>
    private let validity: UnsafeMutablePointer<UInt8>
    private let rowCapacity: Int
    /// The bytes of a bit a row.
    private let bitBytes: Int
    private(set) var count = 0
    private var nulls = 0

    /// The bytes held.
    var byteCount: Int { valueBytes }

    /// - Parameter rowCapacity: the rows it takes.
    init(_ column: ParquetColumn, rowCapacity: Int) {
        (kind, isOptional, self.rowCapacity) = (column.kind, column.isOptional, rowCapacity)
        bitBytes = (rowCapacity + 7) / 8
        switch kind {
        case .integer, .real: valueCapacity = 8 * rowCapacity
        case .text: valueCapacity = 16 * rowCapacity
        case .truth: valueCapacity = bitBytes
        }
        values = .allocate(byteCount: valueCapacity, alignment: 8)
        if kind == .truth { values.initializeMemory(as: UInt8.self, repeating: 0, count: bitBytes) }
        offsets = .allocate(capacity: kind == .text ? rowCapacity + 1 : 1)
        offsets[0] = 0
        validity = .allocate(capacity: bitBytes)
        validity.initialize(repeating: 0, count: bitBytes)
    }

    deinit {
        values.deallocate()
        offsets.deallocate()
        validity.deallocate()
    }

    func append(_ value: Int64) {
        precondition(kind == .integer && count < rowCapacity, "an integer, while there is room")
        values.storeBytes(of: value, toByteOffset: 8 * count, as: Int64.self)
        valueBytes += 8
        finish()
    }

    func append(_ value: Double) {
        precondition(kind == .real && count < rowCapacity, "a real, while there is room")
        values.storeBytes(of: value, toByteOffset: 8 * count, as: Double.self)
        valueBytes += 8
        finish()
    }

    func append(_ text: UnsafeBufferPointer<UInt8>) {
        precondition(kind == .text && count < rowCapacity, "a text, while there is room")
        if valueBytes + text.count > valueCapacity { grow(to: valueBytes + text.count) }
        if let start = text.baseAddress {
            values.advanced(by: valueBytes).copyMemory(from: start, byteCount: text.count)
        }
        valueBytes += text.count
        offsets[count + 1] = Int32(valueBytes)
        finish()
    }

    func append(_ value: Bool) {
        precondition(kind == .truth && count < rowCapacity, "a truth, while there is room")
        if value { Self.setBit(count, values.assumingMemoryBound(to: UInt8.self)) }
        finish()
    }

    func appendNull() {
        precondition(isOptional && count < rowCapacity, "null, where it may be, while there is room")
        nulls += 1
        switch kind {
        case .integer, .real:
            values.storeBytes(of: 0, toByteOffset: 8 * count, as: Int64.self)
            valueBytes += 8
        case .text:
            offsets[count + 1] = Int32(valueBytes)
        case .truth: break
        }
        count += 1
    }

    func removeAll() {
        (valueBytes, count, nulls) = (0, 0, 0)
        validity.update(repeating: 0, count: bitBytes)
        if kind == .truth { values.assumingMemoryBound(to: UInt8.self).update(repeating: 0, count: bitBytes) }
    }

    /// Hands over the cells as they lie.
    func withCells<Result>(_ body: (parquet_cells) -> Result) -> Result {
        body(parquet_cells(values: values, offsets: offsets, validity: validity, nulls: Int64(nulls)))
    }

    private func finish() {
        Self.setBit(count, validity)
        count += 1
    }

    private static func setBit(_ number: Int, _ bits: UnsafeMutablePointer<UInt8>) {
        bits[number >> 3] |= 1 << UInt8(truncatingIfNeeded: number & 7)
    }

    private func grow(to byteCount: Int) {
        let capacity = max(byteCount, 2 * valueCapacity)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        larger.copyMemory(from: values, byteCount: valueBytes)
        values.deallocate()
        (values, valueCapacity) = (larger, capacity)
    }
}
