import CloudAggregator
import Logging

extension CloudConfiguration {
    /// The program's log, on standard error, as the configuration wants it; asked for once.
    func standardErrorLogger() -> Logger {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "waystation-cloud")
        logger.logLevel = logLevel
        return logger
    }
}
