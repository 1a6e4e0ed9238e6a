import Testing

@testable import ObjectStore

@Suite struct XMLElementTests {
    private func read(_ text: String) throws -> XMLElement {
        try XMLElement(document: Array(text.utf8))
    }

    @Test func elementsAndTheirTextAreRead() throws {
        let element = try read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a > b -->
            <a:List xmlns:a="http://x/">
              <Key>a&amp;b&lt;c&#x41;&#233;</Key> <Empty/> <Size  unit="B" >12</Size>
              <Key><![CDATA[<raw>]]> tail </Key>
            </a:List>
            """)
        #expect(element.name == "List")
        #expect(element.children.map(\.name) == ["Key", "Empty", "Size", "Key"])
        #expect(element.children.map(\.text) == ["a&b<cAé", "", "12", "<raw> tail "])
        #expect(element.value("Size") == "12")
        #expect(element.value("None") == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a", "<a><b></a>", "</a>", "<a>&nbsp;</a>", "<a>&amp</a>", "<a>&#xD800;</a>", "<!-- a",
        "<>",
        String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
    ])
    func whatIsNotWellFormedIsRefused(text: String) {
        #expect(throws: XMLReader.Malformed.self) { try read(text) }
    }

    @Test(arguments: [
        ("2009-10-12T17:50:30.000Z", 1_255_369_830_000), ("1970-01-01T00:00:00.25Z", 250),
        ("2013-05-24T00:00:00Z", 1_369_353_600_000),
        ("yesterday", nil), ("2013-05-24T00:00:00", nil), ("2013-05-24 00:00:00Z ", nil),
    ])
    func aTimeIsReadToTheMillisecond(text: String, milliseconds: Int64?) {
        #expect(InternetTime.milliseconds(text) == milliseconds)
    }
}
