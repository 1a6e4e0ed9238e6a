import Cryptography

/// The device's key in the state directory.
enum DeviceKey {
    /// The key; nil where none was made yet.
    static func load(from state: StateDirectory) throws -> PrivateKey? {
        guard let bytes = try state.read(Enrolment.keyName) else { return nil }
        do throws(CryptographyError) {
            return try PrivateKey(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw EdgeError.malformedFile(path: state.path(of: Enrolment.keyName), reason: "\(error)")
        }
    }

    /// The key; made and flushed to the disk where there is none yet.
    static func loadOrMake(in state: StateDirectory) throws -> PrivateKey {
        if let key = try load(from: state) { return key }
        let key = try PrivateKey()
        if try state.create(Enrolment.keyName, Array(try key.pem().utf8)) { return key }
        guard let other = try load(from: state) else {
            throw EdgeError.malformedFile(path: state.path(of: Enrolment.keyName), reason: "it went away")
        }
        return other
    }
}
