import Foundation
import Testing

@testable import ObjectStore

/// A kind of store that the conformance suite runs on.
enum StoreKind: CaseIterable, CustomTestStringConvertible {
    case directory
    /// S3 by moto, which checks signatures and conditions.
    case moto
    /// S3 by rclone, which checks signatures, and knows neither conditions nor ranges.
    case rclone

    /// The keys of a page of a listing.
    static let pageSize = 50

    var testDescription: String { "\(self)" }

    /// How many objects make several pages.
    var manyObjects: Int { self == .directory ? 1100 : 3 * Self.pageSize + 7 }

    /// Hands a store without objects to `body`.
    func withStore(_ body: (any ObjectStore) throws -> Void) throws {
        switch self {
        case .directory:
            let root = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)").path()
            defer { try? FileManager.default.removeItem(atPath: root) }
            try body(DirectoryObjectStore(root: root))
        case .moto: try body(S3StandIns.shared.get().moto.emptyStore())
        case .rclone: try body(S3StandIns.shared.get().rclone.emptyStore())
        }
    }
}
