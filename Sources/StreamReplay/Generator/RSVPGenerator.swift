/// An endless stream of RSVP messages of the real shape. The same seed gives the same bytes on any machine.
///
/// Beside fresh messages it has what the real stream has: echoes (every fifth message comes again with its `mtime`
/// rounded to the nearest second), exact repeats, late ones, announcements of old RSVPs, and changes of an earlier
/// answer. Per RSVP the order holds. Only integers are used, and no hashed collection is walked.
struct RSVPGenerator: MessageGenerator {
    /// When a generated stream begins unless told otherwise: 2017-03-19 12:11:10 UTC, as in a real recording.
    static let defaultStart: Int64 = 1_489_925_470_000
    /// RSVPs remembered for later changes.
    private static let remembered = 4_096
    /// Shares of 100,000.
    private static let (changes, announcements, lates) = (6_000, 800, 1_200)
    private static let (echoes, repeats, reversals, series) = (26_500, 1_500, 33_000, 40)

    private enum Coming {
        /// A message that comes again; nothing follows from it.
        case again(RSVP)
        /// A message that comes for the first time, late or as a change.
        case first(RSVP)
        /// The member takes the answer back; the message's time is that of the change.
        case reversal(RSVP)
    }

    private struct Settled {
        var rsvp: RSVP
        /// When the last repetition is out: a change may come after it.
        var since: Int64
    }

    private let population: Population
    private let writer: RSVPWriter
    private let responses: ResponseModel
    private var dice: SplitMix64
    private var agenda = Agenda<Coming>()
    private var recent: [Settled] = []
    private var now: Int64
    private var nextArrival: Int64
    private var nextIdentifier: Int64 = 1_658_733_801
    private var nextOldIdentifier: Int64 = 1_400_000_003

    /// The stream of that seed.
    /// - Parameter start: when it begins, milliseconds since 1970.
    init(seed: UInt64, start: Int64 = defaultStart) {
        population = Population(seed: seed, start: start)
        writer = RSVPWriter(population: population)
        responses = ResponseModel(population: population, start: start, yesPerThousand: 792)
        dice = SplitMix64(seed: SplitMix64.finish(seed ^ 0x0057_A7E5))
        (now, nextArrival) = (start, start)
    }

    mutating func next() -> Message.Content {
        .rsvp(nextRSVP(), writer)
    }

    private mutating func nextRSVP() -> RSVP {
        while true {
            if let time = agenda.nextTime, time <= nextArrival, let coming = agenda.popNext() {
                now = time
                switch coming.element {
                case .again(let rsvp): return rsvp
                case .first(let rsvp): return sent(rsvp, isChange: false)
                case .reversal(let rsvp): return sent(changed(rsvp), isChange: true)
                }
            }
            now = nextArrival
            // Mean 850 ms between arrivals, at most 3.4 s: with the repetitions some 1.5 messages a second.
            nextArrival += 1 + Int64(dice.below(1_845) * dice.below(1_845) / 1_000)
            let kind = dice.below(100_000)
            if kind < Self.changes, let rsvp = settled() {
                return sent(changed(rsvp), isChange: true)
            } else if kind < Self.changes + Self.announcements {
                return sent(announcement(), isChange: false)
            } else if kind < Self.changes + Self.announcements + Self.lates {
                agenda.add(.first(fresh(at: now)), at: now + Int64(2_000 + dice.below(600) * dice.below(1_000)))
            } else {
                return sent(fresh(at: now), isChange: false)
            }
        }
    }

    /// A new RSVP at that time.
    private mutating func fresh(at time: Int64) -> RSVP {
        let member = population.drawMember(&dice)
        let group = population.drawGroup(ofMember: member, &dice)
        let occurrence = population.drawOccurrence(ofGroup: group, after: time, &dice)
        let lead = population.event(group: group, occurrence: occurrence).time - time
        let response = responses.draw(
            member: population.member(member), group: population.groups[group], lead: lead, &dice)
        nextIdentifier += Int64(dice.within(1...3))
        return RSVP(
            identifier: nextIdentifier, member: UInt32(member), group: UInt32(group), occurrence: UInt32(occurrence),
            response: response, guests: drawGuests(response),
            layout: dice.below(100) < 45 ? .contentFirst : .venueFirst,
            isMoved: dice.happens(in100000: 100), mtime: time, asOf: time)
    }

    /// An RSVP of hours to months ago, with a whole second as its time.
    private mutating func announcement() -> RSVP {
        let age = Int64(dice.below(3_600)) * Int64(dice.within(1...3_600))
        var rsvp = fresh(at: now)
        nextOldIdentifier += Int64(dice.within(1...3))
        rsvp.identifier = nextOldIdentifier
        rsvp.mtime = now / 1_000 * 1_000 - age * 1_000
        return rsvp
    }

    private mutating func changed(_ rsvp: RSVP) -> RSVP {
        var changed = rsvp
        let keepsAnswer = rsvp.response == .yes && dice.below(100) < 15
        changed.response = keepsAnswer ? .yes : rsvp.response.other
        changed.guests = keepsAnswer ? rsvp.guests ^ 1 : drawGuests(changed.response)
        (changed.mtime, changed.asOf) = (now, now)
        return changed
    }

    private mutating func drawGuests(_ response: RSVP.Response) -> UInt8 {
        guard response == .yes, dice.happens(in100000: 9_200) else { return 0 }
        let draw = dice.below(100)
        return UInt8(draw < 72 ? 1 : draw < 92 ? 2 : draw < 98 ? 3 : dice.within(4...16))
    }

    /// Takes an RSVP that nothing of is still to come out of the memory; nil if the one looked at is not settled.
    private mutating func settled() -> RSVP? {
        guard !recent.isEmpty else { return nil }
        let index = dice.below(recent.count)
        guard recent[index].since < now else { return nil }
        recent.swapAt(index, recent.count - 1)
        return recent.removeLast().rsvp
    }

    /// Plans what follows from a message that goes out now.
    private mutating func sent(_ rsvp: RSVP, isChange: Bool) -> RSVP {
        var since = now
        if dice.happens(in100000: Self.echoes) {
            since = now + echoDelay()
            var echo = rsvp
            echo.mtime = (rsvp.mtime + 500) / 1_000 * 1_000
            if dice.below(100) < 4 { echo.layout = echo.layout == .venueFirst ? .contentFirst : .venueFirst }
            agenda.add(.again(echo), at: since)
        }
        if dice.happens(in100000: Self.repeats) {
            since += Int64(dice.within(100...30_000))
            agenda.add(.again(rsvp), at: since)
        }
        if dice.happens(in100000: Self.series) {
            for _ in 0..<dice.within(3...20) {
                since += 60_000
                agenda.add(.again(rsvp), at: since)
            }
        }
        if isChange && dice.happens(in100000: Self.reversals) {
            agenda.add(.reversal(rsvp), at: since + Int64(dice.within(2_000...900_000)))
        } else if recent.count < Self.remembered {
            recent.append(Settled(rsvp: rsvp, since: since))
        } else {
            recent[dice.below(recent.count)] = Settled(rsvp: rsvp, since: since)
        }
        return rsvp
    }

    /// Mostly a few seconds, at most 22 minutes.
    private mutating func echoDelay() -> Int64 {
        switch dice.below(100) {
        case ..<82: Int64(dice.within(500...7_000))
        case ..<97: Int64(dice.within(7_000...60_000))
        default: Int64(dice.within(60_000...1_320_000))
        }
    }
}
