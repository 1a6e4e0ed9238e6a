/// Published messages sent again, before the live ones.
extension StreamFeed {
    /// How many published messages are looked at before the loop comes to other work.
    private static let stepMessages = 4_096

    /// What a client with these wishes gets before the live messages; nil for nothing.
    func catchUp(_ beginning: StreamQuery.Beginning, filter: EventFilter?) -> Subscriber.CatchUp? {
        switch beginning {
        case .live: return nil
        case .after(let number):
            // What is asked for may be older than all that is kept; an identifier of another run may be newer.
            guard number < history.end - 1 else { return nil }
            return Subscriber.CatchUp(next: max(number + 1, history.start), end: history.end, since: nil)
        case .sinceTime(let time): return Subscriber.CatchUp(next: history.start, end: history.end, since: time)
        case .sinceCount(let count):
            var next = history.end
            var missing = count
            while next > history.start && missing > 0 {
                next -= 1
                if filter == nil || history[next].withText(&scratch, { filter?.matches($0) }) == true { missing -= 1 }
            }
            return Subscriber.CatchUp(next: next, end: history.end, since: nil)
        }
    }

    /// Lets a client that is catching up take its next step soon, once.
    func planStep(of subscriber: Subscriber) {
        guard subscriber.catchUp != nil, !subscriber.isStepPlanned else { return }
        subscriber.isStepPlanned = true
        loop.assumeIsolated().execute { self.step(subscriber) }
    }

    private func step(_ subscriber: Subscriber) {
        subscriber.isStepPlanned = false
        guard var place = subscriber.catchUp, subscribers.contains(where: { $0 === subscriber }) else { return }
        guard subscriber.connection.isWritable else { return }
        guard place.next >= history.start else { return drop(subscriber) }
        var looked = 0
        while place.next < history.end && looked < Self.stepMessages
            && subscriber.ownBatch.readableBytes < Self.batchBytes
        {
            let number = place.next
            let message = history[number]
            if number >= place.end || isWanted(message, since: place.since) {
                message.withText(&scratch) { text in
                    guard subscriber.filter?.matches(text) ?? true else { return }
                    subscriber.wire.append(text, number: number, to: &subscriber.ownBatch)
                }
            }
            place.next += 1
            looked += 1
        }
        subscriber.catchUp = place.next < history.end ? place : nil
        if subscriber.ownBatch.readableBytes > 0 { subscriber.connection.send(subscriber.ownBatch) }
        subscriber.ownBatch.clear()
        planStep(of: subscriber)
        if subscriber.catchUp == nil { planPump() }
    }

    private func isWanted(_ message: Message, since: Int64?) -> Bool {
        guard let since else { return true }
        guard let mtime = message.mtime else { return false }
        return mtime > since
    }
}
