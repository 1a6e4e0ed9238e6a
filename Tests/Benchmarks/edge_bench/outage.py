"""outage: 1,000 messages a second, and the cloud out of reach for a minute: when the first batch and when all that
waited has its receipt, after the link's return; nothing lost, nothing twice. Once the cloud's machine is there and
refuses connections, once packets vanish without a word."""

import time

from .report import at_most

RATE = 1000
BEFORE_SECONDS, AWAY_SECONDS, AFTER_SECONDS = 15, 60, 15


def run(stage, report, options) -> None:
    with stage.edge("outage", keep=True) as scene:
        _measure(report, scene, "60 s outage, refused", scene.sink.stop, scene.sink.start)
    with stage.edge("silent-outage", keep=True) as scene:
        _measure(report, scene, "60 s outage, silent", scene.sink.go_silent, scene.sink.come_back)


def _measure(report, scene, name: str, leave, come_back) -> None:
    sink = scene.sink
    scene.stream.send_paced(RATE, BEFORE_SECONDS)
    leave()
    scene.stream.send_paced(RATE, AWAY_SECONDS)
    waiting = scene.stream.sent
    returned = time.monotonic()
    come_back()
    scene.stream.send_paced(RATE, AFTER_SECONDS)
    scene.wait_delivered(120)
    first = min(batch.at for batch in sink.batches if batch.at > returned) - returned
    drained = _delivered(sink.batches, waiting) - returned
    lost, twice, in_order = scene.differences()
    report.figure(f"{name}: first receipt after, s", f"{first:.2f}", at_most(first, 1))
    report.figure(
        f"{name}: drained after, s", f"{drained:.2f}", at_most(drained, 2),
        "Fluent Bit 10.1 and out of order, rsyslog < 1")
    report.losses(name, lost, twice, "Fluent Bit 0 / 0")
    report.note(f"order of sealing kept: {in_order}; batches sent again: {sink.repeated}")


def _delivered(batches, events: int) -> float:
    """When the last of the first `events` events had its receipt; the last batch that is only partly of them is not
    counted, since it was not sealed when the link returned."""
    at = 0.0
    for batch in sorted(batches, key=lambda batch: (batch.epoch, batch.sequence)):
        events -= batch.events
        if events < 0:
            break
        at = max(at, batch.at)
    return at
