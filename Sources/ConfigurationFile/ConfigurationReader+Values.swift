extension ConfigurationReader {
    /// The text of that key, or nil where the file does not have it.
    public func string(_ section: String, _ key: String) -> String? {
        value(section, key)
    }

    /// The text of that key.
    public func string(_ section: String, _ key: String, default: String) -> String {
        value(section, key) ?? `default`
    }

    /// The text of a key that must be there; an empty text and an error where it is not.
    public func requiredString(_ section: String, _ key: String) -> String {
        if let value = value(section, key) { return value }
        noteMissing(section, key)
        return ""
    }

    /// The path of that key, or nil where the file does not have it. A relative one is relative to the file's folder.
    public func path(_ section: String, _ key: String) -> String? {
        value(section, key).map(resolved)
    }

    /// The path of that key. A relative one, also the default, is relative to the file's folder.
    public func path(_ section: String, _ key: String, default: String) -> String {
        resolved(value(section, key) ?? `default`)
    }

    /// The path of a key that must be there; an empty text and an error where it is not.
    public func requiredPath(_ section: String, _ key: String) -> String {
        let value = requiredString(section, key)
        return value.isEmpty ? "" : resolved(value)
    }

    /// The span of that key: `10 s`, `250 ms`, `15 min`, `24 h`, `7 d`.
    public func duration(
        _ section: String, _ key: String, default: Duration, in range: ClosedRange<Duration>? = nil
    ) -> Duration {
        let limits = range.map {
            ", from \($0.lowerBound.configurationText) to \($0.upperBound.configurationText)"
        }
        return value(section, key, wanted: "a span such as '10 s' or '15 min'" + (limits ?? "")) {
            text in
            Duration(configuration: text).flatMap { range?.contains($0) == false ? nil : $0 }
        } ?? `default`
    }

    /// The amount of that key: `512 B`, `64 KiB`, `4 MiB`, `1 GiB`.
    public func byteCount(
        _ section: String, _ key: String, default: ByteCount, in range: ClosedRange<ByteCount>? = nil
    ) -> ByteCount {
        let limits = range.map { ", from \($0.lowerBound) to \($0.upperBound)" }
        return value(section, key, wanted: "an amount such as '64 KiB' or '4 MiB'" + (limits ?? "")) {
            text in
            ByteCount(configuration: text).flatMap { range?.contains($0) == false ? nil : $0 }
        } ?? `default`
    }

    /// The whole number of that key.
    public func integer(_ section: String, _ key: String, default: Int, in range: ClosedRange<Int>)
        -> Int
    {
        value(section, key, wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? `default`
    }

    /// The truth of that key: `true` or `false`.
    public func boolean(_ section: String, _ key: String, default: Bool) -> Bool {
        value(section, key, wanted: "true or false") { Bool($0) } ?? `default`
    }

    /// The choice of that key.
    public func enumeration(_ section: String, _ key: String, of choices: [String], default: String)
        -> String
    {
        value(section, key, wanted: "one of " + choices.joined(separator: ", ")) { text in
            choices.contains(text) ? text : nil
        } ?? `default`
    }

    private func resolved(_ path: String) -> String {
        if path.isEmpty || path.hasPrefix("/") { return path }
        return file.folder + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    }
}
