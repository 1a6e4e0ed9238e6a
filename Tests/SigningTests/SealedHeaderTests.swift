import Cryptography
import Testing

@testable import Signing

@Suite struct SealedHeaderTests {
    @Test func theHeadIsReadBack() throws {
        let envelope = try Envelope(payloadType: "a", payload: [1, 2, 3], key: PrivateKey())
        let head = SealedHeader.bytes(for: envelope)
        let read = try SealedHeader.read(head + [9, 9])
        #expect(read.envelope == envelope)
        #expect(read.framesOffset == head.count)
    }

    @Test(arguments: [
        [], [0x57, 0x2A, 0x4D], [0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0], [0x57, 0x2A, 0x4D, 0x18, 1, 0, 1, 0],
        [0x57, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 0x7B],
    ])
    func aWrongHeadIsRefused(bytes: [UInt8]) {
        #expect(throws: SigningError.self) { try SealedHeader.read(bytes) }
    }
}
