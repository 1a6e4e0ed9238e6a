import FleetProtocol
import HTTPTypes
import Hummingbird
import NIOPosix
import ObjectStore

/// Tells devices which model is current and hands it out.
struct ModelDesk: Sendable {
    let desk: EnrolmentDesk
    let bulletin: ModelBulletin
    let fleet: Fleet
    let files: DirectoryObjectStore
    let workers: NIOThreadPool

    /// The answer to `GET /v1/models/{stream}/timestamp?after=VERSION&wait=SECONDS`.
    func timestamp(_ request: Request, context: ConnectionContext) async throws -> Response {
        _ = try await desk.signingDevice(of: request, body: request.controlBody())
        let stream = context.parameters.get("stream") ?? ""
        let after = try Self.number(request, "after", in: 0...Int64.max)
        let wait = try Self.number(request, "wait", in: 0...Int64(Endpoint.maximumWaitSeconds))
        guard let signed = await bulletin.timestamp(of: stream, after: after, wait: .seconds(wait)) else {
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
        return .json(signed)
    }

    /// The answer to `GET /v1/models/{stream}/{version}/manifest`.
    func manifest(_ request: Request, context: ConnectionContext) async throws -> Response {
        _ = try await desk.signingDevice(of: request, body: request.controlBody())
        return .json(try await publication(context).manifest)
    }

    /// The answer to `GET /v1/models/{stream}/{version}/artifact`.
    func artifact(_ request: Request, context: ConnectionContext) async throws -> Response {
        _ = try await desk.signingDevice(of: request, body: request.controlBody())
        let model = try await publication(context)
        let key = StateFolder.modelKey(stream: model.stream, version: model.version)
        let bytes = try await workers.runIfActive { [files] in try files.get(key) }
        return Response(
            status: .ok, headers: [.contentType: "application/octet-stream", .contentLength: String(bytes.count)],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func publication(_ context: ConnectionContext) async throws -> FleetModel {
        guard let stream = context.parameters.get("stream"),
            let version = context.parameters.get("version").flatMap({ Int64($0) }),
            let model = try await fleet.publishedModel(stream: stream, version: version)
        else { throw Refusal.notFound }
        return model
    }

    private static func number(
        _ request: Request, _ name: String, in range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64 {
        guard let text = request.uri.queryParameters[Substring(name)] else { return 0 }
        guard let number = Int64(text), range.contains(number) else {
            throw .malformed("'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
