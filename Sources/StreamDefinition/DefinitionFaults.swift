/// All that is wrong with a definition, collected while it is read.
final class DefinitionFaults {
    private(set) var all: [StreamDefinitionError.Fault] = []

    func note(_ path: String, _ reason: String) {
        let fault = StreamDefinitionError.Fault(path: path, reason: reason)
        if !all.contains(fault) { all.append(fault) }
    }
}
