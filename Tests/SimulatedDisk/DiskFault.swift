/// What a program does with a disk. Reading a size or asking for a file is none of these.
public enum DiskOperation: Hashable, Sendable, CaseIterable {
    /// Opening a file that is there.
    case open
    /// Making, renaming or deleting a file.
    case name
    /// Reading from a file.
    case read
    /// Writing to a file, or to its shared memory a first time.
    case write
    /// Changing a file's size otherwise.
    case resize
    /// Making a file, or a folder's names, safe.
    case sync

    /// All that changes what a power cut leaves.
    public static let changes: Set<DiskOperation> = [.name, .write, .resize, .sync]
}

/// Something that goes wrong on a `SimulatedDisk`, at an operation that can be counted out.
public struct DiskFault: Hashable, Sendable {
    /// What the operation meets.
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// No space is left.
        case full
        /// The device does not do it.
        case inputOutput
        /// The file system has been made read-only.
        case readOnly
        /// The power is off, from here on and for all.
        case powerOff
    }

    /// What it meets.
    public var kind: Kind
    /// Which operations are counted and meet it.
    public var operations: Set<DiskOperation>
    /// How many of them go well before.
    public var after: Int
    /// Whether all further ones fail too, until `SimulatedDisk.fault` is set anew.
    public var isLasting: Bool

    /// A fault of that kind at the operation after `after` others.
    public init(_ kind: Kind, of operations: Set<DiskOperation>, after: Int = 0, isLasting: Bool = false) {
        self.kind = kind
        self.operations = operations
        self.after = after
        self.isLasting = isLasting
    }
}
