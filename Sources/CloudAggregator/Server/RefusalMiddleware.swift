import Hummingbird
import NIOHTTP1

/// Turns every error into an answer, counts refusals, and logs what is our own failure.
struct RefusalMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    /// Called with each refusal's name.
    let count: @Sendable (String) async -> Void

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            let refusal = Refusal(error) ?? .failed
            if refusal == .failed {
                context.logger.error(
                    "A request could not be answered.",
                    metadata: ["path": "\(request.uri.path)", "error": "\(String(describing: error))"])
            } else {
                context.logger.debug(
                    "A request was refused.", metadata: ["path": "\(request.uri.path)", "problem": "\(refusal.name)"])
            }
            await count(refusal.name)
            if refusal.endsConnection { context.endConnection() }
            return refusal.response
        }
    }
}
