import BatchFormat
import FleetProtocol
import ObjectStore
import Testing

@testable import CloudAggregator

@Suite struct RefusalTests {
    @Test func aFullDiskIsToldToWait() throws {
        let refusal = try #require(Refusal(ObjectStoreError.full(path: "raw/a")))
        #expect(refusal == .storageFull)
        #expect(refusal.response.status.code == 503)
        #expect(refusal.response.headers[.retryAfter] == "60")
    }

    @Test func aBusyServerSaysWhenToComeAgain() {
        let response = Refusal.busy(retryAfterSeconds: 7).response
        #expect(response.status.code == 503)
        #expect(response.headers[.retryAfter] == "7")
        #expect(response.headers[.contentType] == MediaType.problem)
    }

    @Test func anOverloadedServerSaysWhenToComeAgain() {
        let response = Refusal.overloaded(retryAfterSeconds: 1).response
        #expect(response.status.code == 429)
        #expect(response.headers[.retryAfter] == "1")
    }

    @Test(arguments: [
        (BatchError.malformed(""), 400), (.tooLarge(""), 413), (.mismatch(""), 422), (.signing(.invalidSignature), 401),
        (.signing(.malformed("")), 400),
    ])
    func aBatchErrorKeepsItsStatus(error: BatchError, status: Int) {
        #expect(Refusal(error)?.status.code == status)
    }

    @Test func ourOwnFailuresAreNoRefusals() {
        #expect(Refusal(ObjectStoreError.system(call: "open", path: "a", reason: "b")) == nil)
        #expect(Refusal(CancellationError()) == nil)
    }

    @Test func onlyABodyThatNobodyWaitsForEndsTheConnection() {
        #expect(Refusal.tooLarge(limit: 1).response.headers[.connection] == "close")
        #expect(Refusal.lengthRequired.response.headers[.connection] == "close")
        #expect(Refusal.notFound.response.headers[.connection] == nil)
    }
}
