import ConfigurationFile
import JSON
import Scoring

extension StreamPlan {
    /// Reads a stream file.
    /// - Parameter fileName: how errors call it.
    public init(json: [UInt8], source fileName: String) throws(StreamDefinitionError) {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: json)
        } catch {
            throw .malformed(file: fileName, reason: error.description)
        }
        let faults = DefinitionFaults()
        let plan = DefinitionObject(document, at: "", faults).flatMap { StreamPlan(reading: $0) }
        guard let plan, faults.all.isEmpty else { throw .invalid(file: fileName, faults: faults.all) }
        self = plan
    }

    /// Nil only with a fault.
    private init?(reading root: DefinitionObject) {
        var root = root
        let faults = root.faults
        let name = root.requiredText("stream")
        if let name, !Self.isName(name) { faults.note("stream", "'\(name)' is not \(Self.nameRule)") }
        let version = root.requiredInteger("version", in: 1...Int64.max)
        let source = root.requiredObject("source").flatMap(Self.source)
        var event = root.requiredObject("event")
        let identity = event?.requiredMessagePath("identity")
        let time = event?.requiredMessagePath("time")
        let unit = event?.choice("unit", of: TimeUnit.self, default: .millisecond) ?? .millisecond
        event?.finish()
        let list = root.requiredList("tables")
        let drafts = list.compactMap { TableDraft($0.value, at: $0.path, faults) }
        let names = list.compactMap { $0.value["name"]?.string }
        tables = TableChecks(
            tables: drafts, names: names, identity: identity, time: time, unit: unit, faults: faults
        ).plans()
        subject = root.object("subject").flatMap(Self.subject)
        measures = root.object("measures").map(Self.measures)
        learning = root.object("learning").flatMap(Self.learning)
        root.finish()
        guard let name, let version, let source, let identity, let time else { return nil }
        (self.name, self.version, self.source) = (name, version, source)
        (self.identity, self.time, self.unit) = (identity, time, unit)
        if measures != nil, revisions == nil {
            faults.note("measures", "there is no table that keeps 'revisions', which are what is counted")
        }
        checkSubject(faults)
        if faults.all.isEmpty { checkLearning(faults) }
    }

    private static func source(_ object: DefinitionObject) -> StreamSource? {
        var object = object
        let transport = object.choice("transport", of: StreamSource.Transport.self)
        let url = url(&object, "url", transport ?? .http)
        let silence = object.requiredText("silence").flatMap { Duration(configuration: $0) }
        if silence ?? .zero <= .zero {
            object.faults.note(object.place(of: "silence"), "must be a span such as '60 s'")
        }
        var resume: StreamSource.Resume?
        if var part = object.object("resume") {
            let url = Self.url(&part, "url", .http)
            let parameter = part.requiredText("parameter")
            part.finish()
            if transport == .sse || transport == .file {
                object.faults.note(object.place(of: "resume"), "has no meaning for this transport, which needs none")
            }
            if let url, let parameter { resume = StreamSource.Resume(url: url, parameter: parameter) }
        }
        object.finish()
        guard let url, let transport, let silence else { return nil }
        return StreamSource(url: url, transport: transport, silence: silence, resume: resume)
    }

    private static func url(_ object: inout DefinitionObject, _ key: String, _ transport: StreamSource.Transport)
        -> String?
    {
        guard let url = object.requiredText(key) else { return nil }
        if transport.takes(url) { return url }
        let schemes = transport.schemes.joined(separator: " or ")
        object.faults.note(object.place(of: key), "'\(url)' is not an address of \(schemes)")
        return nil
    }

    private static func subject(_ object: DefinitionObject) -> Subject? {
        var object = object
        let name = object.requiredText("name")
        if let name, !isName(name) { object.faults.note(object.place(of: "name"), "'\(name)' is not \(nameRule)") }
        let path = object.requiredMessagePath("path")
        object.finish()
        guard let name, let path else { return nil }
        return Subject(name: name, path: path)
    }

    private static func measures(_ object: DefinitionObject) -> Measures {
        var object = object
        let measures = Measures(
            split: object.object("split").flatMap { measure($0) },
            regions: object.object("regions").flatMap { measure($0) },
            categories: object.object("categories").flatMap { measure($0, isListed: true) })
        object.finish()
        return measures
    }

    private static func measure(_ object: DefinitionObject, isListed: Bool = false) -> Measures.Measure? {
        var object = object
        let each = isListed ? object.messagePath("each") : nil
        let path = object.requiredText("path").map { ValuePath($0) }
        let label = isListed ? object.text("label").map { ValuePath($0) } : nil
        object.finish()
        guard let path else { return nil }
        if each == nil, path.isOfElement || label?.isOfElement ?? false {
            object.faults.note(object.path, "a path that begins with '@' needs 'each'")
        }
        return Measures.Measure(each: each, path: path, label: label)
    }

    private static func learning(_ object: DefinitionObject) -> LearningPlan? {
        var object = object
        var label: LabelSpecification?
        var features: FeatureSpecification?
        do {
            if let json = object.required("label") {
                label = try LabelSpecification(json: json, at: object.place(of: "label"))
            }
        } catch {
            object.faults.note(error, at: object.place(of: "label"))
        }
        do {
            if let json = object.required("features") {
                features = try FeatureSpecification(json: json, at: object.place(of: "features"))
            }
        } catch {
            object.faults.note(error, at: object.place(of: "features"))
        }
        let baseline = object.messagePath("baseline")
        var learner = LearnerSettings()
        do {
            if let json = object.value("learner") {
                learner = try LearnerSettings(json: json, at: object.place(of: "learner"))
            }
        } catch {
            object.faults.note(error, at: object.place(of: "learner"))
        }
        object.finish()
        guard let label, let features else { return nil }
        return LearningPlan(label: label, features: features, baseline: baseline, learner: learner)
    }

    /// A subject's rows are found by its columns, and rows go with their owner's.
    private func checkSubject(_ faults: DefinitionFaults) {
        guard let subject else { return }
        let holding = tables.filter { subjectColumn(of: $0) != nil }
        if holding.isEmpty {
            faults.note("subject.path", "no column of type integer or text holds '\(subject.path)'")
        }
        for table in holding {
            if case .with(let owner) = table.keep, !holding.contains(where: { $0.name == owner }) {
                faults.note("subject.path", "'\(table.name)' holds it, but is kept with '\(owner)', which does not")
            }
        }
    }

    /// What is learnt is read back from the tables, so each of its values must have a column.
    private func checkLearning(_ faults: DefinitionFaults) {
        guard let learning else { return }
        if unit != .millisecond { faults.note("learning", "features count in milliseconds, this stream does not") }
        if location(of: learning.label.path) == nil {
            faults.note("learning.label.path", "no column holds '\(learning.label.path)'")
        }
        if let baseline = learning.baseline, location(of: baseline) == nil {
            faults.note("learning.baseline", "no column holds '\(baseline)'")
        }
        let layout = FeatureLayout(learning.features)
        for path in layout.values where location(of: path) == nil {
            faults.note("learning.features", "no column holds '\(path)'")
        }
        for path in layout.counts where !tables.contains(where: { $0.each == path }) {
            faults.note("learning.features", "no table holds the elements of '\(path)'")
        }
        for list in layout.lists {
            for path in list.columns where location(of: JSONPath(path.description), each: list.path) == nil {
                faults.note("learning.features", "no column holds '\(path)' of '\(list.path)'")
            }
        }
    }
}

extension DefinitionFaults {
    fileprivate func note(_ error: ScoringError, at place: String) {
        if case .invalid(let path, let reason) = error {
            note(path, reason)
        } else {
            note(place, error.description)
        }
    }
}
