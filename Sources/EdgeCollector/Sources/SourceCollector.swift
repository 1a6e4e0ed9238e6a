import Transfer

/// What keeps the events of one stream coming, whatever carries them.
protocol SourceCollector: AnyObject {
    /// The stream's name.
    var name: String { get }
    /// Whether the source is connected, or open.
    var isConnected: Bool { get }
    /// Times the source was connected again.
    var reconnects: Int64 { get }
    /// Takes the events down.
    var recorder: EventRecorder { get }
    /// When `tick` has something to do.
    var deadline: Duration? { get }
    /// What the loop is to watch for it beside its transfers; nil for nothing.
    var descriptor: Int32? { get }
    /// Called when the source answers over the network: the network is there.
    var didConnect: () -> Void { get set }

    /// Time has passed, or the spool has changed its mind about new events.
    func tick(at moment: Moment) throws
    /// Takes what the transfer loop says; false where it is about somebody else's transfer.
    func handle(_ event: TransferEvent, at moment: Moment) throws -> Bool
}

extension SourceCollector {
    /// Where scored events are sent as they come; nil for nowhere.
    var feed: EventFeed? {
        get { recorder.feed }
        set { recorder.feed = newValue }
    }
}
