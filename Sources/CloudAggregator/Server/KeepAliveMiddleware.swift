import Hummingbird

/// Bounds the memory of connections that wait for a next request.
///
/// Once more are open than are kept, an answer says that its connection ends (RFC 9112, section 9.6), as Envoy's overload
/// manager has it (`disable_http_keepalive`). So those that are there stay, and a client never sends a request on a
/// connection that ends at that moment, as it might if the longest idle one were closed. That one would moreover be the
/// next to be used, where each device of a fleet sends in turn.
struct KeepAliveMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    let connections: OpenConnections

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard connections.areTooManyToKeep else { return response }
        response.headers[.connection] = "close"
        context.endConnection()
        return response
    }
}
