/// An element of an answer of S3: its name, its text, what is in it.
struct XMLElement: Equatable {
    /// How deep elements may nest; S3's answers need four levels.
    private static let maximumDepth = 16

    let name: String
    private(set) var text = ""
    private(set) var children: [XMLElement] = []

    /// Reads a document.
    init(document bytes: [UInt8]) throws(XMLReader.Malformed) {
        var reader = XMLReader(bytes)
        guard case .start(let name)? = try reader.next() else { throw XMLReader.Malformed() }
        try self.init(name, from: &reader, depth: 1)
    }

    private init(_ name: String, from reader: inout XMLReader, depth: Int) throws(XMLReader.Malformed) {
        guard depth <= Self.maximumDepth else { throw XMLReader.Malformed() }
        self.name = name
        while let token = try reader.next() {
            switch token {
            case .text(let part): text += part
            case .start(let child): children.append(try XMLElement(child, from: &reader, depth: depth + 1))
            case .end: return
            }
        }
        throw XMLReader.Malformed()
    }

    /// The text of the first child of that name.
    func value(_ name: String) -> String? {
        children.first { $0.name == name }?.text
    }
}
