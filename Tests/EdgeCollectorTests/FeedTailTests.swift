import Foundation
import Testing

@testable import EdgeCollector

@Suite(.serialized) struct FeedTailTests {
    private let folder: TemporaryFolder
    private let listener: LocalListener
    private let signals: SignalPipe
    private var output: [Int32] = [-1, -1]
    private var path: String { folder.state.path(of: "s") }

    init() throws {
        folder = try TemporaryFolder()
        listener = try LocalListener(socket: #require(UnixAddress(folder.state.path(of: "s"))))
        signals = try SignalPipe([])
        try #require(pipe(&output) == 0)
    }

    private func tail(_ stream: String? = nil, edgeSays lines: [String]) throws -> FeedTail {
        let tail = try FeedTail(path: path, stream: stream, output: output[1])
        let connection = try #require(listener.accept())
        let bytes = Array(lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
        try #require(send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
        close(connection)
        return tail
    }

    private func printed() -> [String] {
        close(output[1])
        defer { close(output[0]) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(output[0], &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static let lines = [
        #"{"stream":"a","score":1,"model":1,"event":{}}"#, #"{"stream":"ab","score":1,"model":1,"event":{}}"#,
        #"{"dropped":3}"#, #"{"stream":"b","score":1,"model":1,"event":{"stream":"a"}}"#,
    ]

    @Test(arguments: [(nil, [0, 1, 2, 3]), ("a", [0, 2]), ("b", [2, 3]), ("none", [2])] as [(String?, [Int])])
    func linesOfTheStreamArePrinted(stream: String?, wanted: [Int]) throws {
        #expect(try tail(stream, edgeSays: Self.lines).run(signals: signals) == .closedByEdge)
        #expect(printed() == wanted.map { Self.lines[$0] })
    }

    @Test func endsWhenNobodyReadsTheOutput() throws {
        let tail = try FeedTail(path: path, stream: nil, output: output[1])
        let connection = try #require(listener.accept())
        close(output[0])
        #expect(try tail.run(signals: signals) == .wanted)
        close(connection)
        close(output[1])
    }

    @Test func saysThatNoEdgeIsThere() {
        #expect(throws: EdgeError.self) { try FeedTail(path: folder.state.path(of: "none"), stream: nil) }
        #expect(throws: EdgeError.self) { try FeedTail(path: "relative", stream: nil) }
    }
}
