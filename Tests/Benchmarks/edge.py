#!/usr/bin/env python3
"""What an edge costs with everything on: parse, score, compress, store durably, sign, upload over TLS.

    Tests/Benchmarks/edge.py [--events N] [--seconds S] [--programs DIR]

DIR holds release programs (swift build -c release --static-swift-stdlib; default .build/release). The edge is enrolled
with a real cloud and gets its model from it; then a cheap stand-in takes the cloud's place, so that the edge alone is
measured: N generated messages at full speed, then, after a restart and a while, 100 a second for S seconds. As root its
state lies on an ext4 file system of its own, whose writes are counted at the loop device; otherwise those figures are
left out, and said to be.
Prints a figure a line.
"""

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from edge_stand_ins import Sink, Stream
from pipeline import process_figures, say

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Tests" / "EndToEnd"))

# The messages made ready; at full speed they are sent again and again, at a distance beyond any window of zstd.
PREPARED = 50_000
MESSAGES_A_SEND = 50
PACED_RATE = 100
# What a start costs the disk once, such as a log that still grows, is not what a year at this rate costs.
WARM_UP_SECONDS = 90


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="how many at full speed (default 1000000)")
    parser.add_argument("--seconds", type=int, default=60, help="how long at 100 a second (default 60)")
    parser.add_argument("--programs", type=Path, default=PROJECT / ".build" / "release", help="where the programs are")
    return parser.parse_args()


class Disk:
    """A file system of its own for the edge's state, on a loop device that counts what is written to it."""

    def __init__(self, folder: Path):
        self._image, self.path = folder / "disk.image", folder / "disk"
        self.path.mkdir()
        self._device: str | None = None
        if os.geteuid() != 0:
            say("device bytes", "cannot be measured: that needs root, to mount a loop device")
            return
        with open(self._image, "wb") as image:
            image.truncate(2 << 30)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", self._image], check=True)
        mounted = subprocess.run(["mount", "-o", "loop", self._image, self.path], capture_output=True, text=True)
        if mounted.returncode != 0:
            say("device bytes", f"cannot be measured: {mounted.stderr.strip()}")
            return
        found = subprocess.run(
            ["findmnt", "-no", "SOURCE", self.path], capture_output=True, text=True, check=True).stdout
        self._device = Path(found.strip()).name

    def written(self) -> int | None:
        """The bytes written to the device so far, the file system's own included; nil where nobody counts."""
        if not self._device:
            return None
        subprocess.run(["sync", "-f", self.path], check=True)
        return int(Path(f"/sys/block/{self._device}/stat").read_text().split()[6]) * 512

    def close(self) -> None:
        if self._device:
            subprocess.run(["umount", self.path], check=True)


class Run:
    """One stretch of the work, and what it has cost."""

    def __init__(self, edge, sink: Sink, disk: Disk):
        self._edge, self._sink, self._disk = edge, sink, disk
        self._before = self._counts()

    def _counts(self) -> dict:
        return {
            "device": self._disk.written(), "cpu": process_figures(self._edge.pid)["cpu"], "raw": self._sink.raw_bytes,
            "wire": self._sink.wire_bytes, "events": self._sink.events, "at": time.monotonic()}

    def taken(self) -> int:
        return self._sink.events - self._before["events"]

    def cost(self) -> dict:
        """What has come since the beginning, by name."""
        after = self._counts()
        return {name: after[name] - start for name, start in self._before.items() if start is not None}


def prepare(waystation, disk: Disk, wait_for):
    """An edge that has a model, with stand-ins at both its ends."""
    waystation.start_generator(20_000, seed=2)
    waystation.start_cloud()
    stream = Stream()
    edge = waystation.add_edge("edge")
    teacher = waystation.add_enrolled_edge("teacher")
    (edge.folder / "state").symlink_to(disk.path, target_is_directory=True)
    text = edge.configuration.read_text().replace(str(waystation.stream_port), str(stream.port))
    for line in ("seal-interval = 1 s", "flush-interval = 200 ms"):  # The tests' haste; the defaults are measured.
        text = text.replace(line, "")
    edge.configuration.write_text(text)
    edge.enrol(waystation.invite("edge"))
    edge.start()
    teacher.start()
    wait_for("the model's examples are merged", lambda: waystation.snapshot()["events"] >= 20_000, 120)
    waystation.cloud_says("train")
    waystation.cloud_says("model", "publish", options=["--force"])
    wait_for("the edge has the model", lambda: "A new model is active" in edge.log_text, 60)
    for program in (edge, teacher, waystation.replay, waystation.cloud):
        program.stop()
    sink = Sink(waystation.device_port, waystation.folder / "keys")
    stream.expect_another()
    edge.start()
    stream.wait_connected()
    return edge, stream, sink


def prepared_messages(programs: Path) -> list[bytes]:
    command = [programs / "waystation-replay", "generate", str(PREPARED), "--seed", "1"]
    return subprocess.run(command, capture_output=True, check=True).stdout.splitlines()


def full_speed(edge, stream, sink, disk, messages, events: int, wait_for) -> None:
    pieces = [
        Stream.frames(messages[start:start + MESSAGES_A_SEND]) for start in range(0, len(messages), MESSAGES_A_SEND)]
    run = Run(edge, sink, disk)
    began = time.monotonic()
    sent = 0
    while sent < events:
        stream.send(pieces[sent // MESSAGES_A_SEND % len(pieces)])
        sent += MESSAGES_A_SEND
    taken = time.monotonic() - began
    wait_for("all have their receipt", lambda: run.taken() >= sent, 600)
    through = time.monotonic() - began
    cost = run.cost()
    say("events", f"{cost['events']:,}")
    say("bytes an event", f"{cost['raw'] / sent:.0f}")
    say("events scored", f"{sink.scored:,}")
    say("CPU-s per million events", f"{cost['cpu'] / sent * 1e6:.2f}")
    say("CPU-s per million events, as of 1.3 KB", f"{cost['cpu'] / cost['raw'] * 1.3e9:.2f}")
    say("events/s taken", f"{sent / taken:,.0f}")
    say("events/s taken, stored and with receipt", f"{sent / through:,.0f}")
    say("wire bytes per payload byte", f"{cost['wire'] / cost['raw']:.3f}")
    if "device" in cost:
        say("device bytes per payload byte, full speed", f"{cost['device'] / cost['raw']:.3f}")
    say("resident MB, peak", f"{process_figures(edge.pid)['peak']:.1f}")


def send_paced(stream, messages, seconds: int, look=lambda: None) -> list:
    """Sends 100 messages a second; what `look` has seen, once a second."""
    began = time.monotonic()
    seen = []
    for number in range(seconds * PACED_RATE):
        time.sleep(max(0, began + number / PACED_RATE - time.monotonic()))
        stream.send(Stream.frames([messages[number % len(messages)]]))
        if number % PACED_RATE == 0:
            seen.append(look())
    return seen


def paced(edge, stream, sink, disk, messages, seconds: int) -> None:
    edge.stop()
    stream.expect_another()
    edge.start()
    stream.wait_connected()
    send_paced(stream, messages, WARM_UP_SECONDS)
    run = Run(edge, sink, disk)
    resident = send_paced(stream, messages, seconds, lambda: process_figures(edge.pid)["rss"])
    cost = run.cost()
    say("resident MB, at 100/s: median, greatest", f"{statistics.median(resident):.1f}, {max(resident):.1f}")
    say("CPU percent, at 100/s", f"{cost['cpu'] / cost['at'] * 100:.2f}")
    say("wire bytes per payload byte, at 100/s", f"{cost['wire'] / cost['raw']:.3f}")
    if "device" in cost:
        say("device bytes per payload byte, at 100/s", f"{cost['device'] / cost['raw']:.3f}")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that the disk is given back.
    arguments = parse_arguments()
    os.environ["WAYSTATION_PROGRAMS"] = str(arguments.programs.resolve())
    from waystation import Waystation, wait_for

    waystation = Waystation()
    failed = True
    try:
        with contextlib.closing(Disk(waystation.folder)) as disk:
            try:
                ends = prepare(waystation, disk, wait_for)
                messages = prepared_messages(arguments.programs)
                full_speed(*ends, disk, messages, arguments.events, wait_for)
                paced(*ends, disk, messages, arguments.seconds)
                failed = False
            finally:
                for program in waystation._programs:
                    program.end()
    finally:
        waystation.close(failed)


if __name__ == "__main__":
    main()
