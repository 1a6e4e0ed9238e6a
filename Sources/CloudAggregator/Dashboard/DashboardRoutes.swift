import HTTPTypes
import Hummingbird

/// The dashboard's server: a fixed list of files, the snapshot and its live feed, `GET /healthz`.
struct DashboardRoutes: Sendable {
    typealias Asset = (path: RouterPath, file: StaticAsset)

    private let assets: [Asset]
    private let feed: LiveFeed
    private let countRefusal: @Sendable (String) async -> Void

    init(
        _ configuration: CloudConfiguration.Dashboard, feed: LiveFeed,
        countRefusal: @escaping @Sendable (String) async -> Void
    ) throws(CloudError) {
        assets = try Self.assets(configuration)
        self.feed = feed
        self.countRefusal = countRefusal
    }

    /// The files of the page, read.
    static func assets(_ configuration: CloudConfiguration.Dashboard) throws(CloudError) -> [Asset] {
        func own(_ path: RouterPath, _ name: String, _ contentType: String) throws(CloudError) -> Asset {
            let file = configuration.assets + "/" + name
            return (path, try StaticAsset(path: file, contentType: contentType, key: "assets"))
        }
        return [
            try own("/", "index.html", html),
            try own("/dashboard.js", "dashboard.js", script),
            try own("/dashboard.css", "dashboard.css", style),
            ("/plotly.min.js", try StaticAsset(path: configuration.plotly, contentType: script, key: "plotly")),
        ]
    }

    private static let html = "text/html; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"
    private static let style = "text/css; charset=utf-8"

    func router() -> Router<ConnectionContext> {
        let router = Router(context: ConnectionContext.self)
        router.add(middleware: RefusalMiddleware(count: countRefusal))
        router.add(middleware: DashboardMiddleware())
        for (path, file) in assets {
            router.get(path) { request, _ in file.response(to: request) }
            router.head(path) { request, _ in file.response(to: request) }
        }
        router.get("/healthz") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
        }
        router.get("/v1/snapshot") { [feed] _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try await feed.current().json)))
        }
        router.get("/v1/live") { [feed] request, _ in
            let last = request.headers[.lastEventID].flatMap { Int64($0) }
            return ServerSentEvents.response(try await feed.subscribe(after: last), lastIdentifier: last)
        }
        return router
    }
}
