import Foundation
import Testing

@testable import EdgeCollector

@Suite struct ServiceNotifierTests {
    /// The service manager's end.
    private final class Manager {
        let name: String
        private let folder: TemporaryFolder
        private let descriptor: Int32

        init(isAbstract: Bool = false) throws {
            folder = try TemporaryFolder()
            name = isAbstract ? "@waystation-test-\(UUID().uuidString)" : folder.state.path(of: "notify")
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let address = try #require(UnixAddress(name))
            try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
        }

        deinit { close(descriptor) }

        /// What has come since.
        func told() -> [String] {
            var told: [String] = []
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT)), count > 0 {
                told.append(String(decoding: bytes[..<count], as: UTF8.self))
            }
            return told
        }

        func notifier(_ more: [String: String] = [:]) -> ServiceNotifier {
            ServiceNotifier(environment: { $0 == "NOTIFY_SOCKET" ? self.name : more[$0] }, process: 77)
        }
    }

    @Test(arguments: [false, true])
    func readinessAndEndAreTold(isAbstract: Bool) throws {
        let manager = try Manager(isAbstract: isAbstract)
        let notifier = manager.notifier()
        notifier.ready(at: .seconds(1))
        notifier.reloading()
        notifier.stopping()
        let told = manager.told().map { $0.split(separator: "\n").first ?? "" }
        #expect(told == ["READY=1", "RELOADING=1", "STOPPING=1"])
        #expect(notifier.deadline == nil, "no watchdog was asked for")
    }

    @Test func reloadIsToldWithTheTimeItBegan() throws {
        let manager = try Manager()
        manager.notifier().reloading()
        let told = try #require(manager.told().first).split(separator: "\n")
        #expect(told.first == "RELOADING=1" && told.count == 3)
        let microseconds = try #require(Int64(told[1].dropFirst("MONOTONIC_USEC=".count)))
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        #expect(microseconds > 0 && microseconds / 1_000_000 <= now.tv_sec)
    }

    @Test func watchdogIsFedAtHalfItsTime() throws {
        let manager = try Manager()
        let notifier = manager.notifier(["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "77"])
        notifier.tick(at: .seconds(100), status: "x")
        #expect(!manager.told().contains("WATCHDOG=1"), "not before it is ready")
        notifier.ready(at: .seconds(100))
        _ = manager.told()
        #expect(notifier.deadline == .seconds(105))
        notifier.tick(at: .milliseconds(104_999), status: "x")
        #expect(manager.told().isEmpty)
        notifier.tick(at: .milliseconds(105_100), status: "x")
        #expect(manager.told() == ["WATCHDOG=1"])
        #expect(notifier.deadline == .milliseconds(110_100))
    }

    @Test(arguments: [
        ["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "78"], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "soon"],
    ])
    func watchdogOfAnotherProcessIsNotFed(environment: [String: String]) throws {
        let notifier = try Manager().notifier(environment)
        notifier.ready(at: .seconds(1))
        #expect(notifier.deadline == nil)
    }

    @Test func sentenceIsToldWhenItChangesAndIsOneLine() throws {
        let manager = try Manager()
        let notifier = manager.notifier()
        notifier.tick(at: .seconds(1), status: "one\nREADY=1")
        notifier.tick(at: .seconds(2), status: "too soon")
        notifier.tick(at: .seconds(7), status: "one\nREADY=1")
        notifier.tick(at: .seconds(13), status: "two")
        #expect(manager.told() == ["STATUS=one READY=1", "STATUS=two"])
    }

    @Test func nothingHappensWithoutAManager() throws {
        var manager: Manager? = try Manager()
        let orphan = try #require(manager).notifier(["WATCHDOG_USEC": "2"])
        manager = nil
        orphan.ready(at: .seconds(1))
        orphan.tick(at: .seconds(9), status: "x")
        orphan.stopping()
        let none = ServiceNotifier(environment: { $0 == "WATCHDOG_USEC" ? "2" : nil })
        none.ready(at: .seconds(1))
        #expect(!none.isWanted && none.deadline == nil)
    }
}
