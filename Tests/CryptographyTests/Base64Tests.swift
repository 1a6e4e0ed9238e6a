import Cryptography
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func goesBothWaysAsInTheStandard(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test func readsEveryByte() {
        let bytes = (UInt8.min...UInt8.max).map { $0 }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "=Zg=", "Zg==Zg==", "Zm9v\n", " Zm9", "Zm9v ", "Zm-_",
        "Zm9ü",
        "Zm\n9v", "\n\n\n\n", "Zg==\n\n\n\n",
    ])
    func refusesWhatIsNotCanonical(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func writesAndReadsHexadecimal() {
        #expect(Hexadecimal.encode([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
        #expect(Hexadecimal.decode("000FA0ff") == [0x00, 0x0F, 0xA0, 0xFF])
        #expect(Hexadecimal.decode("") == [])
        for text in ["0", "0g", "0x", " 0", "ü", "１２"] { #expect(Hexadecimal.decode(text) == nil, "\(text)") }
    }
}
