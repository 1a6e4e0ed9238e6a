"""damage: a backlog of about 200 batches, and then the database has flipped bytes in its middle, is cut to half, or is
zeroed: time until the edge runs again, what of the backlog is delivered, and that the cloud shows the gap."""

import os
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from .report import at_least, at_most
from .whole import Whole

STORED = 330_000
# A gap is carried by the next batch that is sealed: so messages must come after it was found.
MORE, MORE_RATE = 2000, 500
FLIPPED_BYTES = 1000


def run(stage, report, options) -> None:
    messages = stage.generated(STORED + MORE)
    for name, damage, delivered in (("flipped bytes", _flip, 98), ("cut to half", _cut, 40), ("zeroed", _zero, 0)):
        with Whole(messages[:STORED], rate=None, spool="seal-bytes = 256 KiB") as whole:
            _run(whole, report, name, damage, delivered, messages[STORED:])


def _run(whole: Whole, report, name: str, damage, wanted_percent: int, more: list[bytes]) -> None:
    station, edge = whole.station, whole.edge
    _collect(whole)
    waiting = int(edge.status()["backlog"].split()[0])
    before = len(station.raw_lines())
    damage(whole.disk.path / "spool.sqlite")
    running = _start(edge)
    whole.link.restore()
    _wait_salvaged(whole)
    whole.wait_merged()
    whole.play_more(more, MORE_RATE)
    whole.wait_merged()
    assert edge.is_running, "the edge has ended by itself"
    backlog = set(whole.messages[before:])
    delivered = len(backlog.intersection(station.raw_lines())) / len(backlog) * 100
    shown = station.snapshot_of("edge")
    report.figure(f"database {name}: running again after, s", f"{running:.2f}", at_most(running, 2))
    report.figure(
        f"database {name}: percent of the backlog delivered", f"{delivered:.1f}", at_least(delivered, wanted_percent))
    report.figure(f"database {name}: gaps the cloud shows", f"{shown['gaps']}", at_least(shown["gaps"], 1))
    repaired = re.findall(r"The spool was repaired: (.+?)\.$", edge.log_text, re.MULTILINE)
    report.note(f"{waiting} batches waited; {'; '.join(map(_short, repaired)) or 'nothing was found at the start'}")
    report.note(f"flags {shown['flags']}; ended by itself and was started again {whole.restarts} times")


def _collect(whole: Whole) -> None:
    """Fills the spool while there is no cloud, and kills the edge."""
    from waystation import wait_for

    edge = whole.edge
    edge.start()
    wait_for("the edge has an epoch", lambda: edge.status().get("epoch", "none yet") != "none yet")
    whole.link.cut()
    wait_for("all is stored", lambda: edge.stored() >= STORED, 300)
    edge.kill()


def _wait_salvaged(whole: Whole) -> None:
    """All that can be read of the damaged file is in the new one."""
    from waystation import wait_for

    def is_over() -> bool:
        with closing(sqlite3.connect(f"file:{whole.disk.path}/spool.sqlite?mode=ro", uri=True)) as spool:
            return spool.execute("SELECT count(*) FROM salvages").fetchone()[0] == 0

    wait_for("the damaged file is gone through", is_over, 300)


def _short(sentence: str) -> str:
    return sentence if len(sentence) < 120 else f"{sentence[:70]} ... {sentence[-45:]}"


def _start(edge) -> float:
    """How long it takes until the edge says that it runs."""
    seen = len(edge.log_text)
    began = time.monotonic()
    edge.start()
    while "The edge is running." not in edge.log_text[seen:]:
        assert edge.is_running, f"the edge has ended by itself:\n{edge.log_text[-2000:]}"
        time.sleep(0.005)
    return time.monotonic() - began


def _flip(path: Path) -> None:
    with open(path, "r+b") as file:
        middle = path.stat().st_size // 2
        file.seek(middle)
        bytes_there = file.read(FLIPPED_BYTES)
        file.seek(middle)
        file.write(bytes(byte ^ 0xFF for byte in bytes_there))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _zero(path: Path) -> None:
    size = path.stat().st_size
    os.truncate(path, 0)
    os.truncate(path, size)
