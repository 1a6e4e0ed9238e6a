import NIOPosix

/// Runs an actor on a thread of its own, so that its blocking calls hold up nobody else.
final class ThreadExecutor: SerialExecutor {
    private let thread: NIOThreadPool

    init() {
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
    }

    deinit {
        thread.shutdownGracefully { _ in }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        thread.submit { _ in job.runSynchronously(on: executor) }
    }
}
