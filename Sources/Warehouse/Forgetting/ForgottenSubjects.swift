import StreamDefinition

/// The subjects of one stream that are forgotten.
public struct ForgottenSubjects: Sendable {
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

    /// Those of a stream whose digests are among these, made by `hasher`; nil where there are none.
    public init?(of plan: StreamPlan, digests: Set<[UInt8]>, hasher: SubjectHasher) {
        guard let subject = plan.subject, !digests.isEmpty else { return nil }
        (self.digests, self.subject) = ([hasher.key: digests], subject)
    }

    /// Whether that subject is forgotten.
    func contains(_ value: String) -> Bool {
        digests.contains { key, digests in
            digests.contains(SubjectHasher(key: key).digest(of: value, subject.name))
        }
    }

    /// Those that a delta names; nil where it names none.
    func values(in delta: MergeDelta) -> ForgottenValues? {
        ForgottenValues(in: delta, contains)
    }
}
