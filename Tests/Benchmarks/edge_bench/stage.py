"""Where a scenario plays: an edge that knows its cloud and has a model, a disk of its own, and stand-ins at both ends."""

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from pipeline import process_figures

from .disk import Disk
from .sink import Sink
from .stream import Stream

PROJECT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(PROJECT / "Tests" / "EndToEnd"))

# The messages made ready; they are sent again and again, at a distance beyond any window of zstd.
PREPARED = 50_000
TAUGHT = 20_000


class Stage:
    """What all scenarios share. An edge is enrolled with a real cloud and gets its model from it, once; each scenario
    begins with a copy of that edge's state, without a spool."""

    def __init__(self, programs: Path, recordings: list[Path]):
        from waystation import Waystation

        self.programs, self._recordings = programs, recordings
        self._station = Waystation()
        self.folder = self._station.folder
        self._enrolled: Path | None = None
        self._messages: list[bytes] | None = None
        self._count = 0

    def new_folder(self, name: str) -> Path:
        self._count += 1
        folder = self.folder / f"{self._count}-{name}"
        folder.mkdir()
        return folder

    @property
    def messages(self) -> list[bytes]:
        """Generated ones, or those of the recordings that were named."""
        if self._messages is None:
            self._messages = self.recorded(*self._recordings) if self._recordings else self.generated(PREPARED)
        return self._messages

    def generated(self, count: int, seed: int = 1) -> list[bytes]:
        command = [self.programs / "waystation-replay", "generate", str(count), "--seed", str(seed)]
        return subprocess.run(command, capture_output=True, check=True).stdout.splitlines()

    @staticmethod
    def recorded(*recordings: Path) -> list[bytes]:
        """Their messages; a capture may end in the middle of one."""
        lines = b"".join(path.read_bytes() for path in recordings).splitlines()
        return [line for line in lines if line.endswith(b"}") and 125 < len(line) < 65_536]

    @contextlib.contextmanager
    def edge(self, name: str, messages: list[bytes] | None = None, spool: str = "", uplink: str = "", keep=False):
        """A running edge between stand-ins, connected, with an empty spool; `spool` and `uplink` are lines of its
        configuration, `keep` says whether the sink keeps the batches. Everything is gone at the end."""
        folder = self.new_folder(name)
        with contextlib.ExitStack() as stack:
            disk = Disk(folder, "disk")
            stack.callback(disk.close)
            shutil.copytree(self._enrolled_state(), disk.path, dirs_exist_ok=True)
            stream = Stream(list(self.messages if messages is None else messages))
            stack.callback(stream.close)
            kept = self.new_folder("batches") if keep else None
            sink = Sink(self._station.device_port, folder=kept, keys=self.folder / "keys")
            stack.callback(sink.close)
            edge = self._edge(folder, stream.port, spool, uplink)
            stack.callback(edge.end)
            (edge.folder / "state").symlink_to(disk.path, target_is_directory=True)
            edge.start()
            stream.wait_connected()
            yield Scene(edge, stream, sink, disk)

    def close(self, failed: bool) -> None:
        self._station.close(failed)

    def _edge(self, folder: Path, stream_port: int, spool: str, uplink: str):
        from waystation import Edge

        return Edge(folder, "edge", f"""
[edge]
state = state
[cloud]
url = https://localhost:{self._station.device_port}
[stream rsvps]
definition = {PROJECT}/cloud/streams/rsvps.json
url = ws://127.0.0.1:{stream_port}/2/rsvps
resume-url = http://127.0.0.1:{stream_port}/2/rsvps
[spool]
{spool}
[uplink]
{uplink}
""")

    def _enrolled_state(self) -> Path:
        """The state of an edge that has a model; its cloud has ended."""
        from waystation import wait_for

        if self._enrolled:
            return self._enrolled
        station = self._station
        station.start_generator(TAUGHT, seed=2)
        station.start_cloud()
        edge = station.add_enrolled_edge("enrolled")
        edge.start()
        wait_for("the model's examples are merged", lambda: station.snapshot()["events"] >= TAUGHT, 240)
        station.cloud_says("train")
        station.cloud_says("model", "publish", options=["--force"])
        wait_for("the edge has the model", lambda: "A new model is active" in edge.log_text, 60)
        for program in (edge, station.replay, station.cloud):
            program.stop()
        self._enrolled = edge.folder / "state"
        for spool in self._enrolled.glob("spool*"):
            spool.unlink()
        return self._enrolled


class Scene:
    """One edge at work, and what it has cost."""

    def __init__(self, edge, stream: Stream, sink: Sink, disk: Disk):
        self.edge, self.stream, self.sink, self.disk = edge, stream, sink, disk
        self.mark()

    def mark(self) -> float:
        """What comes from now on is counted by `cost`; the time."""
        self._before = self._counts()
        return self._before["at"]

    def cost(self) -> dict[str, float]:
        after = self._counts()
        return {name: after[name] - start for name, start in self._before.items()}

    def wait_delivered(self, seconds: float = 600) -> None:
        """All that was sent has its receipt."""
        from waystation import wait_for

        wait_for("all have their receipt", lambda: self.sink.events >= self.stream.sent, seconds)

    def restart(self) -> None:
        """A clean end and another beginning."""
        self.edge.stop(60)
        self.stream.expect_another()
        self.edge.start()
        self.stream.wait_connected()

    def memory(self) -> float:
        """Resident MB."""
        return process_figures(self.edge.pid)["rss"]

    def own_memory(self) -> float:
        """Resident MB that are the edge's own, not pages of programs and libraries."""
        return process_figures(self.edge.pid)["own"]

    def peak(self) -> float:
        """The most resident MB there were, since the last `forget_peak`."""
        return process_figures(self.edge.pid)["peak"]

    def forget_peak(self) -> None:
        Path(f"/proc/{self.edge.pid}/clear_refs").write_text("5")

    def _counts(self) -> dict[str, float]:
        counts = {
            "cpu": process_figures(self.edge.pid)["cpu"], "raw": self.sink.raw_bytes, "wire": self.sink.wire_bytes,
            "at": time.monotonic(), "stand-ins": time.process_time(),
            "queued": int(Path(f"/proc/{self.edge.pid}/schedstat").read_text().split()[1]) / 1e9}
        return counts | ({"device": self.disk.written()} if self.disk.is_real else {})

    def differences(self) -> tuple[int, int, bool]:
        """How many of the messages sent are lost, how many came twice, and whether the rest is in order: by the batches
        kept, unpacked in the order of their sealing."""
        files = self.sink.files()
        unpacker = subprocess.Popen(["zstd", "-dcq", *files], stdout=subprocess.PIPE)
        messages = self.stream.messages
        count, in_order, got = 0, True, {}
        for line in unpacker.stdout:
            line = line.rstrip(b"\n")
            in_order = in_order and line == messages[count % len(messages)]
            got[line] = got.get(line, 0) + 1
            count += 1
        assert unpacker.wait() == 0, "a batch does not unpack"
        if in_order and count == self.stream.sent:
            return 0, 0, True
        for number in range(self.stream.sent):
            message = messages[number % len(messages)]
            got[message] = got.get(message, 0) - 1
        return -sum(n for n in got.values() if n < 0), sum(n for n in got.values() if n > 0), in_order
