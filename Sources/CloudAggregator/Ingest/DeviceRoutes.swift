import Hummingbird

/// The devices' server, version 1.
struct DeviceRoutes: Sendable {
    let receiver: BatchReceiver
    let enrolment: EnrolmentDesk
    let models: ModelDesk
    let connections: OpenConnections
    let countRefusal: @Sendable (String) async -> Void

    func router() -> Router<ConnectionContext> {
        let router = Router(context: ConnectionContext.self)
        router.add(middleware: RefusalMiddleware(count: countRefusal))
        router.add(middleware: KeepAliveMiddleware(connections: connections))
        router.put("/v1/batches/:device/:epoch/:sequence") { try await receiver.receive($0, context: $1) }
        router.post("/v1/enroll") { try await enrolment.enrol($0, context: $1) }
        router.post("/v1/devices/:device/epochs") { try await enrolment.issueEpoch($0, context: $1) }
        router.get("/v1/models/:stream/timestamp") { try await models.timestamp($0, context: $1) }
        router.get("/v1/models/:stream/:version/manifest") { try await models.manifest($0, context: $1) }
        router.get("/v1/models/:stream/:version/artifact") { try await models.artifact($0, context: $1) }
        return router
    }
}
