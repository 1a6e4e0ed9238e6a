import Cryptography
import FleetProtocol
import Hummingbird
import NIOCore

/// Takes an upload and answers with a signed receipt once `BatchIntake` has accepted it.
struct BatchReceiver: Sendable {
    /// How long an upload may take to arrive.
    private static let arrivalLimit = TimeAmount.seconds(120)

    let intake: BatchIntake
    let receiptKey: PrivateKey
    let notice: StorageNotice

    /// The answer to `PUT /v1/batches/{device}/{epoch}/{sequence}`.
    func receive(_ request: Request, context: ConnectionContext) async throws -> Response {
        let head = try UploadHead(request, parameters: context.parameters, limits: intake.limits)
        let device = try await intake.admittedDevice(head.identity.device)
        let channel = context.channel
        let deadline = channel.eventLoop.scheduleTask(in: Self.arrivalLimit) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        let accepted = try await accept(request.body, head: head, of: device)
        let identity = accepted.manifest.identity
        let receipt = Receipt(
            device: identity.device, epoch: identity.epoch, sequence: identity.sequence,
            manifestSHA256: accepted.manifest.sha256, result: accepted.result, watermark: accepted.watermark,
            serverTimeMilliseconds: intake.clock.milliseconds)
        return Response.json(try receipt.signed(by: receiptKey))
    }
    private func accept(
        _ body: RequestBody, head: UploadHead, of device: Device
    ) async throws -> BatchIntake.Acceptance {
        do {
            let accepted = try await intake.accept(body, head: head, of: device, arrival: .upload)
            if accepted.result == .merged { notice.noteMerge() }
            return accepted
        } catch {
            notice.noteFailure(error)
            throw error
        }
    }
}
