/// The exit statuses, those of sysexits.h where there is one; the cloud's commands end with the same.
enum ExitStatus {
    static let failed: Int32 = 1
    static let wrongUsage: Int32 = 64
    static let wrongConfiguration: Int32 = 78
}
