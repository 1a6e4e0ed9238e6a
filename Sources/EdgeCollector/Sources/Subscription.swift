/// Decides when a stream is connected, when it is dead, and how what was missed comes in; does nothing itself.
///
/// After an interruption the stream is opened first, and only then is what was missed fetched, from the resume point that
/// was stored before the stream went on. So every message comes by one of the two, most of the last ones by both. A
/// source over HTTP is asked to begin at the resume point and needs no fetch beside it.
struct Subscription: Equatable {
    /// What the shell has to do, in order.
    enum Action: Equatable {
        /// Open the stream; an HTTP source from that time on.
        case open(since: Int64?)
        /// Drop the stream.
        case close
        /// Ask for what came after that time.
        case fetch(since: Int64)
        /// Drop that request.
        case endFetch
        /// Keep the stored resume point there.
        case hold(at: Int64)
        /// Let the stored resume point move on.
        case release
        /// Declare that events after that time are missing; nil where it is not known after which.
        case declareMissing(from: Int64?)
    }

    /// How a fetch came to its end.
    enum FetchEnd: Equatable {
        /// The server had no more.
        case complete
        /// It broke, or the server asks for patience.
        case failed
        /// The server will never answer it.
        case refused
    }

    enum Link: Equatable {
        case waiting(until: Duration)
        case connecting(since: Duration)
        case open(heardAt: Duration)
        /// Closed until there is room again.
        case paused
    }

    /// How the source is to be treated.
    struct Settings: Equatable {
        /// How long a living stream may be silent.
        var silence: Duration
        /// Whether what was missed can be asked for.
        var canResume: Bool
        /// Whether the stream itself begins where it is asked to (HTTP).
        var beginsAnywhere: Bool
        /// How long to wait before connecting again.
        var backoff = Backoff(first: .seconds(1), limit: .seconds(60))
    }

    let settings: Settings
    private(set) var link: Link
    private(set) var catchUp: CatchUp?
    /// What of the answer, by fetch or over HTTP, an earlier one has delivered.
    private var beginning = KnownBeginning()
    /// The resume point at the last interruption: what came after it may be missing. Nil where nothing is.
    private(set) var missedSince: Int64?
    /// Whether something may be missing that nobody can say the beginning of.
    private var hasLostResumePoint: Bool
    private var backoff: Backoff

    /// - Parameters:
    ///   - resumePoint: the greatest time stored by earlier runs; nil at the first start of all.
    ///   - hasLostResumePoint: it is nil because the spool was damaged.
    init(_ settings: Settings, resumePoint: Int64?, hasLostResumePoint: Bool = false, at now: Duration) {
        self.settings = settings
        self.hasLostResumePoint = hasLostResumePoint
        backoff = settings.backoff
        link = .waiting(until: now)
        missedSince = resumePoint
    }

    /// Whether the server has agreed to the fetch.
    var isFetchAnswered: Bool {
        if case .answering = catchUp?.fetch { true } else { false }
    }

    /// When `tick` has something to do.
    var deadline: Duration? {
        let linkDue: Duration? =
            switch link {
            case .waiting(let until): until
            case .open(let heardAt): heardAt + settings.silence
            case .connecting(let since): since + CatchUp.answerLimit
            case .paused: nil
            }
        let fetchDue: Duration? =
            switch catchUp?.fetch {
            case .waiting(let until): until
            case .asked(let at): at + CatchUp.answerLimit
            case .answering(let heardAt): quietFetchEnd(heardAt: heardAt).map { _ in heardAt + CatchUp.quietLimit }
            case nil: nil
            }
        return earlier(linkDue, fetchDue)
    }

    /// What a fetch has come to that has been quiet for long enough; nil where that means nothing, since the stream is
    /// quiet too: the way to the source may be stuck.
    private func quietFetchEnd(heardAt: Duration) -> FetchEnd? {
        if catchUp?.hasComeToTheStream == true { return .complete }
        if case .open(let streamHeardAt) = link, streamHeardAt > heardAt { return .failed }
        return nil
    }

    /// Time has passed.
    mutating func tick(
        resumePoint: Int64?, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> [Action] {
        if let deadline, now < deadline { return [] }
        switch link {
        case .waiting(let until) where now >= until:
            link = .connecting(since: now)
            let since = settings.beginsAnywhere && settings.canResume ? missedSince : nil
            if settings.beginsAnywhere { beginning.begin(since) }
            return [.open(since: since)]
        case .connecting(let since) where now - since >= CatchUp.answerLimit:
            return [.close] + lost(resumePoint: resumePoint, at: now, using: &random)
        case .open(let heardAt) where now - heardAt >= settings.silence:
            return [.close] + lost(resumePoint: resumePoint, at: now, using: &random)
        default: break
        }
        switch catchUp?.fetch {
        case .waiting(let until) where now >= until:
            catchUp?.askAgain(at: now)
            return (catchUp?.since).map { [fetch(since: $0)] } ?? []
        case .asked(let at) where now - at >= CatchUp.answerLimit:
            return [.endFetch] + fetchEnded(.failed, at: now, using: &random)
        case .answering(let heardAt) where now - heardAt >= CatchUp.quietLimit:
            return quietFetchEnd(heardAt: heardAt).map { [.endFetch] + fetchEnded($0, at: now, using: &random) } ?? []
        default: return []
        }
    }

    /// The stream is open.
    mutating func opened(at now: Duration) -> [Action] {
        guard case .connecting = link else { return [] }
        link = .open(heardAt: now)
        guard let since = missedSince else {
            defer { hasLostResumePoint = false }
            return hasLostResumePoint ? [.declareMissing(from: nil)] : []
        }
        guard settings.canResume else {
            missedSince = nil
            return [.declareMissing(from: since)]
        }
        guard !settings.beginsAnywhere else {
            missedSince = nil
            return []
        }
        catchUp = CatchUp(since: since, at: now, backoff: settings.backoff)
        return [.hold(at: since), fetch(since: since)]
    }

    private mutating func fetch(since: Int64) -> Action {
        beginning.begin(since)
        return .fetch(since: since)
    }

    /// The stream has delivered a message, whose fingerprint is asked for only while something is fetched.
    @discardableResult
    mutating func received(fingerprint: @autoclosure () -> UInt64, at now: Duration) -> [Action] {
        link = .open(heardAt: now)
        backoff.reset()
        guard catchUp?.noteDelivered(fingerprint()) == true, !beginning.isRepeating else { return [] }
        return [.endFetch] + caughtUp()
    }

    /// Whether the next message of a fetch, or of a stream that begins where it is asked to, is a new one.
    mutating func judge(_ fingerprint: UInt64) -> KnownBeginning.Verdict {
        beginning.judge(fingerprint)
    }

    /// The stream has ended, or could not be opened.
    ///
    /// - Parameter resumePoint: the greatest time stored or about to be.
    mutating func lost(
        resumePoint: Int64?, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> [Action] {
        guard link != .paused else { return [] }
        defer { link = .waiting(until: now + backoff.next(using: &random)) }
        return interrupt(resumePoint: resumePoint)
    }

    /// There was no connection left to open the stream with: it is asked for again after a turn.
    mutating func waitForTurn(from now: Duration) {
        if case .connecting = link { link = .waiting(until: now + ConnectionLimit.turn) }
    }

    /// There was no connection left to fetch with: it is asked for again after a turn.
    mutating func fetchHasToWait(from now: Duration) {
        catchUp?.fetch = .waiting(until: now + ConnectionLimit.turn)
    }

    /// The server wants to be left alone for so long; at most as long as any wait may be.
    mutating func waitAtLeast(_ span: Duration, from now: Duration) {
        guard case .waiting(let until) = link else { return }
        link = .waiting(until: max(until, now + min(span, settings.backoff.limit)))
    }

    /// There is no room for more events: the stream has to stop.
    mutating func pause(resumePoint: Int64?) -> [Action] {
        switch link {
        case .paused: return []
        case .waiting:
            defer { link = .paused }
            return interrupt(resumePoint: resumePoint)
        case .connecting, .open:
            defer { link = .paused }
            return [.close] + interrupt(resumePoint: resumePoint)
        }
    }

    /// There is room again.
    mutating func goOn(at now: Duration) {
        if link == .paused { link = .waiting(until: now) }
    }

    /// The fetch is being answered.
    mutating func fetchOpened(at now: Duration) {
        if catchUp != nil { catchUp?.fetch = .answering(heardAt: now) }
    }

    /// The fetch has delivered a message.
    ///
    /// - Parameter time: what it says; nil where it says none, or one that cannot be.
    mutating func fetched(fingerprint: UInt64, time: Int64?, at now: Duration) -> [Action] {
        let hasAdvanced = time.map { catchUp?.reach($0) ?? false } ?? false
        if catchUp?.noteFetched(fingerprint, at: now) == true, !beginning.isRepeating {
            return [.endFetch] + caughtUp()
        }
        return hasAdvanced ? (time.map { [.hold(at: $0)] } ?? []) : []
    }

    /// The fetch has ended.
    mutating func fetchEnded(
        _ end: FetchEnd, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> [Action] {
        guard let since = catchUp?.since else { return [] }
        let isUnproven = end == .complete && beginning.isRepeating
        if isUnproven { beginning.forget() }
        switch isUnproven ? .failed : end {
        case .complete: return caughtUp()
        case .refused: return caughtUp() + [.declareMissing(from: since)]
        case .failed:
            let wait = catchUp?.backoff.next(using: &random) ?? .zero
            catchUp?.fetch = .waiting(until: now + wait)
            return []
        }
    }

    private mutating func caughtUp() -> [Action] {
        catchUp = nil
        missedSince = nil
        return [.release]
    }

    /// What is being fetched is fetched again, from the same point, after the next opening. What a stream misses that was
    /// open and has not had one event cannot be asked for.
    private mutating func interrupt(resumePoint: Int64?) -> [Action] {
        if let catchUp {
            missedSince = catchUp.since
            let isUnderWay = if case .waiting = catchUp.fetch { false } else { true }
            self.catchUp = nil
            return isUnderWay ? [.endFetch] : []
        }
        if missedSince == nil { missedSince = resumePoint }
        if missedSince == nil, case .open = link { hasLostResumePoint = true }
        return []
    }
}
