import Logging
import ServiceLifecycle

/// Notices what commands change in the fleet and merge into the warehouse while the server runs, and writes down what was gathered.
struct FleetWatch: Service {
    /// How often the database is asked; a publication reaches waiting edges within a few of these.
    static let interval = Duration.milliseconds(150)
    /// How many intervals pass between two writings of what was gathered.
    private static let writingPeriod = 100

    let fleet: Fleet
    let warehouse: WarehouseReader
    let bulletin: ModelBulletin
    let feed: LiveFeed
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            var trouble: String?
            while !Task.isCancelled {
                round += 1
                let found = await watch(isWriting: round % Self.writingPeriod == 0)
                if found != trouble { say(found) }
                trouble = found
                do { try await Task.sleep(for: Self.interval) } catch { break }
            }
        }
        try await fleet.writeGathered(at: clock.milliseconds)
    }

    /// Reads the published models; called once before the server listens.
    func load() async throws {
        try await bulletin.update(fleet.publishedModels(), now: clock.milliseconds)
    }

    /// Says what is wrong, once while it is the same, or that it is over.
    private func say(_ trouble: String?) {
        if let trouble {
            logger.error("The databases could not be read or written.", metadata: ["error": "\(trouble)"])
        } else {
            logger.notice("The databases can be read and written again.")
        }
    }

    /// - Returns: what is wrong, if something is.
    private func watch(isWriting: Bool) async -> String? {
        do {
            var isNews = try await fleet.hasChanged()
            if isNews || isWriting { try await load() }
            if isWriting, try await fleet.writeGathered(at: clock.milliseconds) { isNews = true }
            if try await warehouse.hasChanged() { isNews = true }
            if isNews { await feed.noteChange() }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
