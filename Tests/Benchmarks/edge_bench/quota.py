"""quota: no cloud, and 20 MB of disk: how much payload is kept, and that it is delivered when the cloud comes."""

import time

from .report import at_least

QUOTA = "19 MiB"  # 19.9 MB


def run(stage, report, options) -> None:
    with stage.edge("quota", spool=f"quota = {QUOTA}", keep=True) as scene:
        stream, sink, disk = scene.stream, scene.sink, scene.disk
        stream.send_paced(100, 2)  # It gets its epoch.
        scene.wait_delivered(60)
        sink.stop()
        scene.mark()
        try:
            while True:
                stream.send(1000)
        except OSError:
            pass  # The edge has closed the stream: nothing more fits.
        time.sleep(2)
        spool = sum(file.stat().st_size for file in disk.path.glob("spool*"))
        stored = scene.edge.stored()
        sink.start()
        _wait_quiet(sink)
        kept = scene.cost()["raw"] / 1e6
        report.figure("payload MB kept in a quota of 20 MB", f"{kept:.1f}", at_least(kept, 100), "Fluent Bit 22")
        report.figure("MB the spool's files take then", f"{spool / 1e6:.1f}")
        lost, twice, in_order = scene.differences()
        refused = stream.sent - stored  # They were on their way when the edge closed the stream; the source has them.
        report.losses("quota, of what was kept", lost - refused, twice, "")
        report.note(f"order of sealing kept: {in_order}")


def _wait_quiet(sink, seconds: float = 15) -> None:
    """Until no batch has come for so long: longer than an open batch may wait for its seal."""
    while not sink.batches or time.monotonic() - sink.batches[-1].at < seconds:
        time.sleep(0.2)
