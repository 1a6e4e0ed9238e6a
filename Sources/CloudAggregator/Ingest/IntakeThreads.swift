import NIOCore
import NIOPosix

/// The threads that take batches in.
struct IntakeThreads: Sendable {
    /// Unpack and parse: as many as there are processors.
    let folding = NIOThreadPool(numberOfThreads: System.coreCount)
    /// Put files, and mostly wait for it.
    let storing: NIOThreadPool

    /// Threads that are not started yet, so many of them to put files.
    init(storing count: Int) {
        storing = NIOThreadPool(numberOfThreads: count)
    }

    /// Starts all threads.
    func start() {
        folding.start()
        storing.start()
    }

    /// Ends all threads once their work is done.
    func shutdown() async throws {
        try await folding.shutdownGracefully()
        try await storing.shutdownGracefully()
    }
}
