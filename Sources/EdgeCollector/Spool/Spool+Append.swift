extension Spool {
    /// Adds an event, or a line that only looks like one. The caller has checked that it is one line of allowed length.
    ///
    /// It is written down by the next `tick` that finds a flush due. So the faster a stream is, the more one flush takes,
    /// and the more is saved on each: what waits here meanwhile would else wait in the socket.
    ///
    /// - Parameters:
    ///   - time: the event's time in milliseconds since 1970; nil where it has none.
    ///   - isMalformed: it is no JSON document; it is kept and counted.
    public func append(
        _ line: UnsafeRawBufferPointer, to stream: String, time: Int64?, isMalformed: Bool = false, at moment: Moment
    ) throws {
        try append(line, to: batch(of: stream), time: time, isMalformed: isMalformed, at: moment)
    }

    /// The same, for whoever has looked the stream's batch up before.
    func append(
        _ line: UnsafeRawBufferPointer, to batch: OpenBatch, time: Int64?, isMalformed: Bool, at moment: Moment
    ) throws {
        if dropsNewest(batch) {
            note(time, in: batch, at: moment)
            return drop(line, of: batch, time: time, at: moment)
        }
        if batch.isFull(for: line.count), writeFailure == nil { try close(batch, at: moment) }
        if writeFailure != nil, batch.memoryBytes + line.count >= Self.memoryBytes {
            return drop(line, of: batch, time: time, at: moment)
        }
        guard !batch.isFull(for: line.count) else {
            return batch.wait(line, time: time, isMalformed: isMalformed, at: moment.monotonic)
        }
        try add(line, to: batch, time: time, isMalformed: isMalformed, at: moment)
        let isMuch = batch.unwrittenBytes >= settings.gatherBytes || batch.frameBytes >= settings.sealBytes
        if isMuch, writeFailure == nil { try flush(batch, at: moment) }
    }

    /// Puts a line into the open batch, which has room for it.
    func add(
        _ line: UnsafeRawBufferPointer, to batch: OpenBatch, time: Int64?, isMalformed: Bool, at moment: Moment
    ) throws {
        try batch.append(line, time: time, isMalformed: isMalformed, at: moment.monotonic)
        note(time, in: batch, at: moment)
    }

    /// Lets the resume point follow an event.
    private func note(_ time: Int64?, in batch: OpenBatch, at moment: Moment) {
        guard let time, time > batch.greatest ?? .min, isPlausible(time, at: moment) else { return }
        batch.greatest = time
    }

    /// A time far ahead of a right clock must not become a resume point: it would hide all that comes after.
    func isPlausible(_ time: Int64, at moment: Moment) -> Bool {
        let day: Int64 = 86_400_000
        return moment.clock != .synchronized || time <= moment.milliseconds + day
    }
}
