/// Reads the values of a configuration file and notes all that is wrong, so that `finish()` can say it in one go.
///
/// Each key the program knows is asked for exactly once, whether the file has it or not: what nobody asked for is an
/// unknown key. A section is named as its brackets are written: `cloud`, or `stream rsvps`, see `named`. A value that
/// is missing or wrong reads as its default, or as something harmless; it must not be used before `finish()`.
public final class ConfigurationReader {
    let file: ConfigurationFile
    private var errors: [ConfigurationErrors.Located]
    private var knownKeys: [String: [String]] = [:]
    private var namedKinds: [String] = []

    /// A reader of that file.
    public init(_ file: ConfigurationFile) {
        self.file = file
        errors = file.errors
    }

    /// The named sections of a kind, in the order of the file: `[stream rsvps]` is `(name: "rsvps", section: "stream rsvps")`.
    public func named(_ kind: String) -> [(name: String, section: String)] {
        namedKinds.append(kind)
        var found: [(name: String, section: String)] = []
        for section in file.sections where section.kind == kind {
            if section.name.isEmpty {
                note(.missingName(section: kind), line: section.line)
            } else if !found.contains(where: { $0.section == section.title }) {
                found.append((String(section.name), section.title))
            }
        }
        return found
    }

    /// Notes an error that only the caller can see, at the line of that key.
    public func reject(_ section: String, _ key: String, wanted: String) {
        guard let entry = entry(section, key) else { return noteMissing(section, key) }
        note(
            .invalidValue(key: key, section: section, value: entry.value, wanted: wanted),
            line: entry.line)
    }

    /// Throws all that is wrong with the file: its lines, its values, and each key and section that nobody asked for.
    public func finish() throws(ConfigurationErrors) {
        noteUnknown()
        guard !errors.isEmpty else { return }
        let ordered = errors.enumerated().sorted {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }
        throw ConfigurationErrors(errors: ordered.map(\.element))
    }

    /// The text of that key, nil where the file does not have it; marks the key as known.
    func value(_ section: String, _ key: String) -> String? {
        if knownKeys[section]?.contains(key) != true { knownKeys[section, default: []].append(key) }
        return entry(section, key)?.value
    }

    /// The value of that key, read by `convert`; where that gives nil, the error says what is wanted.
    func value<Value>(
        _ section: String, _ key: String, wanted: @autoclosure () -> String,
        _ convert: (String) -> Value?
    ) -> Value? {
        guard let text = value(section, key), !text.isEmpty else { return nil }
        if let value = convert(text) { return value }
        reject(section, key, wanted: wanted())
        return nil
    }

    func noteMissing(_ section: String, _ key: String) {
        let line = file.sections.first { $0.title == section }?.line
        note(.missingKey(key, section: section), line: line ?? file.lineCount)
    }

    private func entry(_ section: String, _ key: String) -> ConfigurationFile.Entry? {
        file.sections.lazy.filter { $0.title == section }.compactMap { $0.entries[key] }.first
    }

    private func note(_ error: ConfigurationError, line: Int) {
        let located = ConfigurationErrors.Located(source: file.source, line: line, error: error)
        if !errors.contains(located) { errors.append(located) }
    }

    private func noteUnknown() {
        let known = knownKeys.keys.sorted()
        for section in file.sections {
            guard let keys = knownKeys[section.title] else {
                guard !namedKinds.contains(String(section.kind)) else { continue }
                let nearest = EditDistance.nearest(
                    to: section.title, among: known + namedKinds.map { "\($0) NAME" })
                note(.unknownSection(section.title, nearest: nearest), line: section.line)
                continue
            }
            for (key, entry) in section.entries where !keys.contains(key) {
                let nearest = EditDistance.nearest(to: key, among: keys)
                note(.unknownKey(key, section: section.title, nearest: nearest), line: entry.line)
            }
        }
    }
}
