/// The words of a command line, taken apart: a command, options with a value each, and flags without.
struct Arguments {
    /// Why a command line is not understood.
    enum Mistake: Error, CustomStringConvertible {
        case unknownCommand(String)
        case unknownOption(String, command: String)
        case missingValue(String)
        case unwantedValue(String)
        case repeated(String)
        case missingOption(String, command: String)

        var description: String {
            switch self {
            case .unknownCommand(let word): "unknown command '\(word)'"
            case .unknownOption(let word, let command): "'\(command)' has no option '\(word)'"
            case .missingValue(let option): "option '\(option)' needs a value"
            case .unwantedValue(let flag): "'\(flag)' takes no value"
            case .repeated(let option): "option '\(option)' stands twice"
            case .missingOption(let option, let command): "'\(command)' needs the option '\(option)'"
            }
        }
    }

    let command: String
    private(set) var isHelpWanted = false
    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// Takes the words behind the command apart. `--name value` and `--name=value` are the same.
    init(command: String, options: [String], flags: [String] = [], words: some Sequence<String>) throws(Mistake) {
        self.command = command
        var pending: String?
        for word in words {
            if let option = pending {
                try set(option, word)
                pending = nil
                continue
            }
            if word == "--help" || word == "-h" {
                isHelpWanted = true
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = String(parts[0])
            if flags.contains(option) {
                guard parts.count == 1 else { throw .unwantedValue(option) }
                guard self.flags.insert(option).inserted else { throw .repeated(option) }
                continue
            }
            guard options.contains(option) else { throw .unknownOption(word, command: command) }
            if parts.count == 2 { try set(option, String(parts[1])) } else { pending = option }
        }
        if let pending { throw .missingValue(pending) }
    }

    /// The value of an option, nil where it is not given.
    func value(_ option: String) -> String? { values[option] }

    /// Whether a flag is given.
    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option that must be given.
    func required(_ option: String) throws(Mistake) -> String {
        guard let value = values[option] else { throw .missingOption(option, command: command) }
        return value
    }

    private mutating func set(_ option: String, _ value: String) throws(Mistake) {
        guard values[option] == nil else { throw .repeated(option) }
        values[option] = value
    }
}
