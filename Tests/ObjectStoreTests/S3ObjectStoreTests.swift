import Testing
import Transfer

@testable import ObjectStore

/// What is S3's alone, on the servers that stand in for it.
@Suite struct S3ObjectStoreTests {
    @Test(arguments: [StoreKind.moto, .rclone])
    func aWrongSecretIsRefused(kind: StoreKind) throws {
        let servers = try S3StandIns.shared.get()
        let server = kind == .moto ? servers.moto : servers.rclone
        let location = try server.emptyStore().client.location
        var wrong = server.credentials
        wrong.secret += "x"
        let store = server.store(location, credentials: wrong)
        let error = #expect(throws: ObjectStoreError.self) { try store.put([1], key: "a", .replace) }
        #expect(error?.refusal?.contains("403") == true)
    }

    @Test func aServiceIsAskedWhetherItHeedsConditions() throws {
        let servers = try S3StandIns.shared.get()
        #expect(try servers.moto.emptyStore().heedsConditions())
        #expect(try !servers.rclone.emptyStore().heedsConditions())
    }

    @Test func aBucketThatIsNotThereIsToldFromAnObjectThatIsNot() throws {
        let server = try S3StandIns.shared.get().moto
        let store = server.store(server.location(bucket: "none"))
        let error = #expect(throws: ObjectStoreError.self) { try store.get("a") }
        #expect(error?.refusal?.contains("make the bucket") == true)
    }

    @Test func aBucketIsReachedByVirtualHost() throws {
        let server = try S3StandIns.shared.get().moto
        let byPath = try server.emptyStore()
        try byPath.put([1, 2], key: "raw/a b", .replace)
        let known = byPath.client.location
        // Names below localhost are this machine (RFC 6761), and the library knows it.
        let store = server.store(
            S3Location(
                bucket: known.bucket, prefix: known.prefix, region: known.region,
                endpoint: server.endpoint.replacing("127.0.0.1", with: "localhost"), addressing: .virtualHost))
        #expect(try store.get("raw/a b") == [1, 2])
        #expect(try store.put([3], key: "raw/a b", .ifAbsent) == .exists)
    }

    @Test func twoPrefixesOfABucketAreTwoStores() throws {
        let server = try S3StandIns.shared.get().moto
        let first = try server.emptyStore()
        let second = server.store(server.location(bucket: first.client.location.bucket, prefix: "other"))
        try first.put([1], key: "raw/a", .replace)
        #expect(throws: ObjectStoreError.notFound(key: "raw/a")) { try second.get("raw/a") }
        var keys: [String] = []
        try second.list(prefix: "", after: nil) {
            keys.append($0.key)
            return true
        }
        #expect(keys == [])
    }

    @Test func aServerThatIsNotThereIsUnreachable() throws {
        let location = S3Location(bucket: "b", region: "r", endpoint: "http://127.0.0.1:1")
        let surroundings = S3Surroundings(milliseconds: { 0 }, sleep: { _ in }, chance: { 0 })
        let store = S3ObjectStore(
            location, credentials: S3Credentials(keyIdentifier: "k", secret: "s"), trust: .systemAuthorities,
            pageSize: 10, surroundings: surroundings)
        let error = #expect(throws: ObjectStoreError.self) { try store.get("a") }
        #expect(error?.isUnreachable == true)
    }
}
