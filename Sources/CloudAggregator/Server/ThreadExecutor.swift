import NIOPosix

/// Runs an actor, or other work, on a thread of its own, so that what takes long holds up nobody else.
final class ThreadExecutor: SerialExecutor {
    private let thread: NIOThreadPool

    init() {
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
    }

    deinit {
        thread.shutdownGracefully { _ in }
    }

    /// Does some work on the thread, after all that was submitted before.
    func submit(_ work: @escaping @Sendable () -> Void) {
        thread.submit { _ in work() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        thread.submit { _ in job.runSynchronously(on: executor) }
    }
}
