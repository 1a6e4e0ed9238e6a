"""speed: N messages as fast as they are taken: CPU, events/s up to the receipt, wire and device bytes, memory."""

from .report import at_least, at_most

# What the peers were measured with: events of 1,271 bytes.
USUAL_BYTES = 1271


def run(stage, report, options) -> None:
    with stage.edge("speed") as scene:
        sink = scene.sink
        began = scene.mark()
        scene.stream.send(options.events)
        sent = scene.stream.sent
        scene.wait_delivered()
        cost = scene.cost()
        sustained = _sustained(sink.batches, began)
        bytes_an_event = cost["raw"] / sent
        report.figure("events", f"{sent:,}")
        report.figure("bytes an event", f"{bytes_an_event:.0f}")
        report.figure("events scored", f"{sum(batch.scored for batch in sink.batches):,}")
        report.figure("CPU-s per million events as they are", f"{cost['cpu'] / sent * 1e6:.2f}")
        cpu = cost["cpu"] / cost["raw"] * USUAL_BYTES * 1e6
        report.figure(
            "CPU-s per million events of 1.27 KB", f"{cpu:.2f}", at_most(cpu, 6),
            "Fluent Bit 17.2-18.1, rsyslog with a disk queue 12.6")
        report.figure("durable events/s up to the receipt, as they are", f"{sustained:,.0f}")
        usual = sustained * bytes_an_event / USUAL_BYTES
        report.figure(
            "durable events/s up to the receipt, of 1.27 KB", f"{usual:,.0f}", at_least(usual, 100_000),
            "Fluent Bit 49,600, rsyslog uncompressed 65,000")
        wire = cost["wire"] / cost["raw"]
        report.figure("wire bytes per payload byte", f"{wire:.3f}", at_most(wire, 0.14), "Fluent Bit 0.183")
        if "device" in cost:
            device = cost["device"] / cost["raw"]
            report.figure(
                "device bytes per payload byte, full speed", f"{device:.3f}", at_most(device, 0.25), "Fluent Bit 0.87")
        report.figure("resident MB, peak at full speed", f"{scene.peak():.1f}", None, "Fluent Bit 57-112")
        _report_limits(report, cost, sustained, sent)


def _sustained(batches, began: float) -> float:
    """Events/s up to the receipt of the last batch that was full: the one after it had to wait until it was old enough."""
    full = batches[:-1]
    return sum(batch.events for batch in full) / (max(batch.at for batch in full) - began)


def _report_limits(report, cost, sustained: float, sent: int) -> None:
    """Who was at work meanwhile: an edge that is not busy all the time was kept waiting by the stand-ins or the disk."""
    seconds = sent / sustained
    report.note(
        f"of that time the edge was at work {cost['cpu'] / seconds:.0%}, waited for a processor "
        f"{cost['queued'] / seconds:.0%}, and otherwise for the disk or the stand-ins, which took "
        f"{cost['stand-ins']:.1f} CPU-s")
