import ServiceLifecycle

/// Keeps the live feed going; when the server stops it ends what would otherwise wait for ever.
struct LiveService: Service {
    private static let interval = Duration.milliseconds(100)

    let feed: LiveFeed
    let bulletin: ModelBulletin

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await feed.tick()
                do { try await Task.sleep(for: Self.interval) } catch { break }
            }
        }
        await feed.close()
        await bulletin.close()
    }
}
