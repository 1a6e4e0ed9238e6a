import StreamDefinition

/// The subjects of one stream that are forgotten.
struct ForgottenSubjects {
    /// The digests, by the key they were made with.
    private let digests: [[UInt8]: Set<[UInt8]>]
    private let subject: Subject

    /// Reads those of a stream; nil where there are none.
    init?(of plan: StreamPlan, in warehouse: some Warehouse) throws {
        guard let subject = plan.subject else { return nil }
        var digests: [[UInt8]: Set<[UInt8]>] = [:]
        try warehouse.forEachRow(
            "SELECT \"key\", \"digest\" FROM \"forgotten\" WHERE \"subject\" = $1", [.text(subject.name)]
        ) { row in
            if let key = row.value(0).blob, let digest = row.value(1).blob { digests[key, default: []].insert(digest) }
        }
        if digests.isEmpty { return nil }
        (self.digests, self.subject) = (digests, subject)
    }

    /// Those that a delta names; nil where it names none.
    func values(in delta: MergeDelta) -> ForgottenValues? {
        ForgottenValues(in: delta) { value in
            digests.contains { key, digests in
                digests.contains(SubjectHasher(key: key).digest(of: value, subject.name))
            }
        }
    }
}
