import StreamDefinition

extension Warehouse {
    /// Removes all rows of subjects, and from now on merges none of them, whatever batch they come in: one transaction.
    ///
    /// What their messages said of other things stays, and so do the live counters, which say how much has come in. A thing
    /// that messages give to several subjects counts as that of its newest message. May be repeated; a warehouse that is
    /// made anew is told first.
    ///
    /// - Parameters:
    ///   - digests: the subjects, as `hasher` names them.
    ///   - subject: of what kind they are.
    /// - Returns: how many rows were removed.
    public func forget(_ digests: Set<[UInt8]>, _ subject: String, hasher: SubjectHasher) throws -> Int64 {
        var removed: Int64 = 0
        try change { run in
            for digest in digests {
                _ = try run(
                    "INSERT INTO \"forgotten\" (\"subject\", \"key\", \"digest\") VALUES ($1, $2, $3) "
                        + "ON CONFLICT DO NOTHING", [.text(subject), .blob(hasher.key), .blob(digest)])
            }
            let next = try watermark + 1
            for plan in plans where plan.subject?.name == subject {
                for value in try subjectValues(of: plan)
                where value.digits.map({ digests.contains(hasher.digest(of: $0, subject)) }) ?? false {
                    removed += try remove(value, of: plan, watermark: next, run)
                }
            }
        }
        return removed
    }

    /// Every subject that the tables of a stream hold.
    private func subjectValues(of plan: StreamPlan) throws -> Set<WarehouseValue> {
        var values: Set<WarehouseValue> = []
        for table in plan.tables {
            guard let column = plan.subjectColumn(of: table).map({ TableSchema.quoted($0.name) }) else { continue }
            try forEachRow("SELECT DISTINCT \(column) FROM \(TableSchema.quoted(table.name))", []) {
                values.insert($0.value(0))
            }
        }
        return values
    }

    /// Removes a subject's rows, those that refer to others first.
    private func remove(
        _ value: WarehouseValue, of plan: StreamPlan, watermark: Int64,
        _ run: (String, [WarehouseValue]) throws -> Int64
    ) throws -> Int64 {
        var removed: Int64 = 0
        for (table, condition) in SubjectRows(plan).conditions {
            let rows = "FROM \(TableSchema.quoted(table.name)) WHERE \(condition)"
            var days: Set<Int64> = []
            if let time = plan.eventTime(of: table) {
                let calendar = UTCDays(plan.unit)
                try forEachRow("SELECT \(TableSchema.quoted(time.name)) \(rows)", [value]) {
                    days.insert(calendar.number(of: $0.integer(0)))
                }
            } else {
                days.insert(ChangedDays.wholeTable)
            }
            let count = try run("DELETE \(rows)", [value])
            guard count > 0 else { continue }
            removed += count
            for day in days {
                _ = try run(ChangedDays.upsert, [.text(table.name), .integer(day), .integer(watermark)])
            }
        }
        return removed
    }
}

extension WarehouseValue {
    /// An integer's decimal digits, or the text.
    fileprivate var digits: String? {
        integer.map { String($0) } ?? text
    }
}
