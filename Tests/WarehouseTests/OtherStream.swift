import Foundation
import StreamDefinition

/// A stream that has nothing to do with meetings: what thermometers report.
enum OtherStream {
    static func plan() throws -> StreamPlan {
        try StreamPlan.load(file: Recordings.package.appending(path: "Tests/Fixtures/streams/weather.json").path)
    }
}
