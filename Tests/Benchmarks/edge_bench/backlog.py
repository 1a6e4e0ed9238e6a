"""backlog: 380 MB of messages are collected without a cloud; then it comes: memory while they drain, time, order."""

import time

from .report import at_most

PAYLOAD_BYTES = 380_000_000


def run(stage, report, options) -> None:
    with stage.edge("backlog", keep=True) as scene:
        stream, sink = scene.stream, scene.sink
        stream.send_paced(100, 2)
        scene.restart()  # It has its epoch, and its heap is fresh.
        scene.wait_delivered(60)
        sink.stop()
        scene.mark()
        known = len(sink.batches)
        stream.send(PAYLOAD_BYTES * len(stream.messages) // sum(map(len, stream.messages)))
        time.sleep(2)
        report.figure("resident MB, peak while collecting offline", f"{scene.peak():.1f}")
        scene.forget_peak()
        returned = time.monotonic()
        sink.start()
        scene.wait_delivered(300)
        peak = scene.peak()
        # The last one had been open, and waited for its seal.
        drained = max(batch.at for batch in sink.batches[known:-1]) - returned
        lost, twice, in_order = scene.differences()
        report.figure("payload MB that waited", f"{scene.cost()['raw'] / 1e6:.0f}")
        report.figure("resident MB, peak while they drain", f"{peak:.1f}", at_most(peak, 24), "Fluent Bit 29-52")
        report.note(f"of it {scene.own_memory():.1f} MB are the edge's own at the end, the rest programs and libraries")
        report.figure("drained after, s", f"{drained:.2f}")
        report.losses("380 MB backlog", lost, twice, "")
        drain = sink.batches[known:]
        backward = sum(after.sequence < before.sequence for before, after in zip(drain, drain[1:]))
        report.note(f"events in the order of sealing: {in_order}; steps back in {len(drain)} receipts: {backward}")
