import Cryptography
import Testing

@testable import Signing

@Suite struct EnvelopeTests {
    let key: PrivateKey
    let envelope: Envelope

    init() throws {
        key = try PrivateKey(seed: [UInt8](repeating: 7, count: 32))
        envelope = try Envelope(payloadType: "text/plain", payload: Array("hello".utf8), key: key)
    }

    @Test("the pre-authentication encoding of the DSSE specification's example")
    func preAuthenticationEncoding() {
        let bytes = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
        #expect(
            String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    @Test func theJSONFormIsReadBackAndVerified() throws {
        let read = try Envelope(json: envelope.json)
        #expect(read == envelope)
        #expect(try read.verifiedPayload(type: "text/plain", key: key.publicKey) == Array("hello".utf8))
    }

    @Test func anotherTypeIsRefused() {
        #expect(throws: SigningError.wrongType(expected: "text/html", actual: "text/plain")) {
            try envelope.verifiedPayload(type: "text/html", key: key.publicKey)
        }
    }

    @Test func anotherKeyIsRefused() throws {
        let other = try PrivateKey()
        #expect(throws: SigningError.unknownKey(envelope.keyIdentifier)) {
            try envelope.verifiedPayload(type: "text/plain", key: other.publicKey)
        }
    }

    @Test func anyFlippedByteIsRefused() {
        let bytes = envelope.json
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1
            #expect(throws: SigningError.self, "byte \(index)") {
                try Envelope(json: flipped).verifiedPayload(type: "text/plain", key: key.publicKey)
            }
        }
    }
}
