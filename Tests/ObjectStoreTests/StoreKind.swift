import Foundation
import ObjectStore
import Testing

/// A kind of store that the conformance suite runs on.
enum StoreKind: CaseIterable, CustomTestStringConvertible {
    case directory

    var testDescription: String { "\(self)" }

    /// Hands a store without objects to `body`.
    func withStore(_ body: (any ObjectStore) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: root) }
        try body(DirectoryObjectStore(root: root))
    }
}
