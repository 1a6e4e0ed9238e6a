import StreamDefinition

/// The statements that merge rows which are kept with an owner's row.
struct ChildMergeSQL {
    /// The position of a child's first column in the rows of `select`.
    static let firstColumn = 4

    /// The stored rows of staged owners that are not older than what is stored of them, owner by owner and in the order of
    /// rows: the owner's number; whether it is new; whether it is newer; whether this is a row of it, or there is none; the
    /// row. Owners that have no rows, neither stored nor staged, are left out.
    let select: String
    /// Takes away all rows of the owners whose keys are staged.
    let delete: String

    /// - Parameters:
    ///   - columns: all columns of the child.
    ///   - position: the child's position among those of this owner.
    ///   - staging: where the owner's rows are staged.
    ///   - gone: where keys are staged.
    init(
        _ child: TableSchema, of owner: FoldPlan.Table, _ ownerSchema: TableSchema, columns: [String], at position: Int,
        staging: String, gone: String
    ) {
        let keyNames = owner.key.map { owner.plan.columns[$0].name }
        let links = keyNames.compactMap { name in
            child.plan.columns.first { $0.references?.table == owner.plan.name && $0.references?.column == name }?.name
        }
        precondition(links.count == keyNames.count, "a child refers to the whole key of its owner")
        func equal(_ left: String, _ leftNames: [String], _ right: String, _ rightNames: [String]) -> String {
            zip(leftNames, rightNames).map { pair in
                "\(left).\(TableSchema.quoted(pair.0)) = \(right).\(TableSchema.quoted(pair.1))"
            }.joined(separator: " AND ")
        }
        let order = RowOrderSQL(owner.plan.columns.filter { !keyNames.contains($0.name) }, in: ownerSchema)
        let number = TableSchema.quoted(NewestMerge.number)
        let isNew = "t.\(TableSchema.quoted(keyNames[0])) IS NULL"
        let isStored = "c.\(TableSchema.quoted(links[0])) IS NOT NULL"
        let values = columns.map { "c.\(TableSchema.quoted($0))" }
        let sorting = child.plan.columns.map { "c.\(TableSchema.quoted($0.name)) NULLS FIRST" }
        select = """
            SELECT s.\(number), \(isNew), coalesce(\(order.isNewer("s", "t")), false), \(isStored), \
            \(values.joined(separator: ", ")) FROM \(staging) AS s \
            LEFT JOIN \(ownerSchema.name) AS t ON \(equal("t", keyNames, "s", keyNames)) \
            LEFT JOIN \(child.name) AS c ON \(equal("c", links, "t", keyNames)) \
            WHERE (\(isNew) OR NOT \(order.isNewer("t", "s"))) \
            AND (s.\(TableSchema.quoted(NewestMerge.count(ofChild: position))) > 0 OR \(isStored)) \
            ORDER BY s.\(number), \(sorting.joined(separator: ", "))
            """
        delete = """
            DELETE FROM \(child.name) AS c USING \(gone) AS g WHERE \(equal("c", links, "g", keyNames))
            """
    }
}
