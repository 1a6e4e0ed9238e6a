import Testing

@testable import CloudAggregator

@Suite struct SnapshotTests {
    /// The page reads exactly this.
    @Test func itsJSONIsWhatThePageReads() {
        let report = EdgeStatus.Report(
            backlogBatches: 3, backlogBytes: 4096, epoch: 2, sequence: 17, clock: "synchronized", modelVersion: 1,
            logLoss: 0.5)
        let visits = StreamFigures(
            stream: "visits", events: 10, revisions: 8, malformed: 1,
            rate: RateSeries(fromMilliseconds: 10_000, events: [4, 6], perSecond: 1),
            titles: StreamFigures.Titles(split: "answer", regions: "country", categories: nil),
            split: [StreamFigures.Tally(key: "yes", label: "yes", count: 8)],
            regions: [StreamFigures.Tally(key: "us", label: "us", count: 8)], categories: [],
            model: StreamFigures.ModelStatus(version: 1, progressiveLogLoss: 0.25, baseRateLogLoss: 0.5))
        let guests = StreamFigures(
            stream: "guests", events: 5, revisions: 4, malformed: 0,
            rate: RateSeries(fromMilliseconds: 12_000, events: [], perSecond: 0), titles: StreamFigures.Titles(),
            split: [], regions: [], categories: [], model: nil)
        let snapshot = Snapshot(
            asOfMilliseconds: 12_000, watermark: 42, fleet: "demo", streams: [visits, guests],
            edges: [
                EdgeStatus(
                    device: "00aa", name: "roof", state: .accepted, lastContactMilliseconds: 11_000, report: report,
                    gaps: 1, flags: ["chain"]),
                EdgeStatus(
                    device: "00bb", name: "", state: .pending, lastContactMilliseconds: nil, report: nil, gaps: 0,
                    flags: []),
            ])
        #expect(
            String(decoding: snapshot.json, as: UTF8.self) == """
                {"as_of_ms":12000,"watermark":42,"fleet":"demo","events":15,"revisions":12,"malformed":1,\
                "streams":[{"stream":"visits","events":10,"revisions":8,\
                "malformed":1,"rate_per_s":1.0,"rate_series":{"from_ms":10000,"events":[4,6]},\
                "titles":{"split":"answer","regions":"country","categories":null},"split":{"yes":8},\
                "regions":[{"key":"us","label":"us","count":8}],"categories":[],\
                "model":{"version":1,"progressive_log_loss":0.25,"base_rate_log_loss":0.5}},\
                {"stream":"guests","events":5,"revisions":4,"malformed":0,"rate_per_s":0.0,\
                "rate_series":{"from_ms":12000,"events":[]},\
                "titles":{"split":null,"regions":null,"categories":null},"split":{},"regions":[],"categories":[],\
                "model":null}],\
                "edges":[{"device":"00aa","name":"roof","state":"accepted","last_contact_ms":11000,\
                "backlog_batches":3,"backlog_bytes":4096,"epoch":2,"sequence":17,"model_version":1,"log_loss":0.5,\
                "clock":"synchronized","gaps":1,"flags":["chain"]},\
                {"device":"00bb","name":"","state":"pending","last_contact_ms":null,"backlog_batches":null,\
                "backlog_bytes":null,"epoch":null,"sequence":null,"model_version":null,"log_loss":null,"clock":null,\
                "gaps":0,"flags":[]}]}
                """)
    }
}
