/// Says when the messages of a calm stream come: fresh ones at random, some of them again as they were, some changed
/// later. Only integers are used, so that a seed gives the same messages on any machine.
struct Republisher<Element> {
    /// How often what happens.
    struct Habits {
        /// The mean time between two fresh messages, milliseconds.
        var meanGap: Int
        /// How many of 100,000 messages come again unchanged, within half a minute.
        var repeats: Int
        /// How many of 100,000 messages are changed later.
        var changes: Int
        /// How much later, milliseconds.
        var changeDelay: ClosedRange<Int>
    }

    private enum Coming {
        case again(Element), change(Element)
    }

    private let habits: Habits
    private var agenda = Agenda<Coming>()
    private var nextArrival: Int64

    init(_ habits: Habits, start: Int64) {
        self.habits = habits
        nextArrival = start
    }

    /// The next message.
    /// - Parameters:
    ///   - fresh: makes one of that time.
    ///   - changed: changes one at that time; nil where it stays for ever.
    mutating func next(
        _ dice: inout SplitMix64, fresh: (Int64, inout SplitMix64) -> Element,
        changed: (Element, Int64, inout SplitMix64) -> Element?
    ) -> Element {
        while let time = agenda.nextTime, time <= nextArrival, let coming = agenda.popNext() {
            switch coming.element {
            case .again(let element): return element
            case .change(let element):
                if let element = changed(element, time, &dice) { return sent(element, at: time, &dice) }
            }
        }
        let now = nextArrival
        // The product of two uniform numbers below 1,000 has the mean 249,500.
        nextArrival += 1 + Int64(dice.below(1_000) * dice.below(1_000) * habits.meanGap / 249_500)
        return sent(fresh(now, &dice), at: now, &dice)
    }

    private mutating func sent(_ element: Element, at now: Int64, _ dice: inout SplitMix64) -> Element {
        if dice.happens(in100000: habits.repeats) {
            agenda.add(.again(element), at: now + Int64(dice.within(100...30_000)))
        }
        if dice.happens(in100000: habits.changes) {
            agenda.add(.change(element), at: now + Int64(dice.within(habits.changeDelay)))
        }
        return element
    }
}
