import HTTPTypes
import Hummingbird

/// What holds for every answer of the dashboard: who may ask, and what a browser may do with it.
struct DashboardMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // A foreign page may point its own host name at this machine's loopback address; such a name is not ours.
        guard Self.isLoopback(request.head.authority ?? "") else { throw Refusal.misdirected }
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = StaticAsset.contentSecurityPolicy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    private static func isLoopback(_ authority: String) -> Bool {
        let address = ListenAddress(authority) ?? ListenAddress(authority + ":80")
        return address?.isLoopback ?? false
    }
}
