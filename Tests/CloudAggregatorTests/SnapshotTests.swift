import Testing

@testable import CloudAggregator

@Suite struct SnapshotTests {
    /// The page reads exactly this.
    @Test func itsJSONIsWhatThePageReads() {
        let report = EdgeStatus.Report(
            backlogBatches: 3, backlogBytes: 4096, epoch: 2, sequence: 17, clock: "synchronized", modelVersion: 1,
            logLoss: 0.5)
        let snapshot = Snapshot(
            asOfMilliseconds: 12_000, watermark: 42, fleet: "demo", stream: "visits", events: 10, revisions: 8,
            malformed: 1, rate: RateSeries(fromMilliseconds: 10_000, events: [4, 6], perSecond: 1),
            titles: Snapshot.Titles(split: "answer", regions: "country", categories: nil),
            split: [Snapshot.Tally(key: "yes", label: "yes", count: 8)],
            regions: [Snapshot.Tally(key: "us", label: "us", count: 8)], categories: [],
            edges: [
                EdgeStatus(
                    device: "00aa", name: "roof", state: .accepted, lastContactMilliseconds: 11_000, report: report,
                    gaps: 1, flags: ["chain"]),
                EdgeStatus(
                    device: "00bb", name: "", state: .pending, lastContactMilliseconds: nil, report: nil, gaps: 0,
                    flags: []),
            ],
            model: Snapshot.ModelStatus(version: 1, progressiveLogLoss: 0.25, baseRateLogLoss: 0.5))
        #expect(
            String(decoding: snapshot.json, as: UTF8.self) == """
                {"as_of_ms":12000,"watermark":42,"fleet":"demo","stream":"visits","events":10,"revisions":8,\
                "malformed":1,"rate_per_s":1.0,"rate_series":{"from_ms":10000,"events":[4,6]},\
                "titles":{"split":"answer","regions":"country","categories":null},"split":{"yes":8},\
                "regions":[{"key":"us","label":"us","count":8}],"categories":[],\
                "edges":[{"device":"00aa","name":"roof","state":"accepted","last_contact_ms":11000,\
                "backlog_batches":3,"backlog_bytes":4096,"epoch":2,"sequence":17,"model_version":1,"log_loss":0.5,\
                "clock":"synchronized","gaps":1,"flags":["chain"]},\
                {"device":"00bb","name":"","state":"pending","last_contact_ms":null,"backlog_batches":null,\
                "backlog_bytes":null,"epoch":null,"sequence":null,"model_version":null,"log_loss":null,"clock":null,\
                "gaps":0,"flags":[]}],\
                "model":{"version":1,"progressive_log_loss":0.25,"base_rate_log_loss":0.5}}
                """)
    }
}
