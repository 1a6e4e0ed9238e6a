import Signing
import Testing

@testable import CloudAggregator

@Suite struct NonceCacheTests {
    private func entry(_ nonce: String, key: String = "a") -> NonceCache.Entry {
        NonceCache.Entry(key: key, nonce: nonce)
    }

    @Test func aNonceCountsOnceAKey() {
        var cache = NonceCache()
        #expect(cache.admit(entry("1"), created: 1000, now: 1000) == .fresh)
        #expect(cache.admit(entry("1"), created: 1000, now: 1000) == .replayed)
        #expect(cache.admit(entry("1", key: "b"), created: 1000, now: 1000) == .fresh)
    }

    @Test func aNonceIsRememberedAsLongAsItsSignatureIsGood() {
        var cache = NonceCache()
        let created = 1000 + HTTPSignature.windowSeconds
        let fromTheFuture = entry("1")
        #expect(cache.admit(fromTheFuture, created: created, now: 1000) == .fresh)
        let last = 1000 + 2 * HTTPSignature.windowSeconds
        #expect(cache.admit(fromTheFuture, created: created, now: last) == .replayed)
        #expect(cache.admit(fromTheFuture, created: created, now: last + HTTPSignature.windowSeconds) == .fresh)
    }

    @Test func aFullCacheMakesRoomOnlyByTime() {
        var cache = NonceCache(capacity: 2)
        #expect(cache.admit(entry("1"), created: 1000, now: 1000) == .fresh)
        #expect(cache.admit(entry("2"), created: 1000, now: 1000) == .fresh)
        #expect(cache.admit(entry("3"), created: 1000, now: 1000) == .full)
        #expect(cache.admit(entry("1"), created: 1000, now: 1000) == .replayed)
        #expect(cache.admit(entry("3"), created: 1400, now: 1400) == .fresh)
    }
}
