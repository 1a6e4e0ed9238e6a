"""An edge between a source that can resume and the real cloud, and what the cloud's tables say in the end."""

import collections
import contextlib
import json
import subprocess
import sys
import time

from .disk import Disk
from .stage import PROJECT

# An edge asks for what is at most a minute older than what it has. What a message is dated back further, no question
# by `since_mtime` brings back; so such messages are left out.
REACH_MILLISECONDS = 55_000
# So long after the last batch nothing more is to come: longer than an open batch waits for its seal, and a lost reply
# for its retry.
QUIET_SECONDS = 15
RESTART_LIMIT = 3
ORACLE = PROJECT / "Tests" / "oracle" / "merge_oracle.py"


def resumable(messages: list[bytes]) -> list[bytes]:
    """Those that a source can give again when it is asked for what came after a time."""
    kept, greatest = [], 0
    for message in messages:
        mtime = json.loads(message)["mtime"]
        greatest = max(greatest, mtime)
        if mtime >= greatest - REACH_MILLISECONDS:
            kept.append(message)
    return kept


class Whole:
    """A source, an edge on a disk of its own, and the real cloud behind a link; used as a context.

    The source plays `messages` once, at so many a second or at full speed, when the edge connects for the first time.
    """

    def __init__(self, messages: list[bytes], rate: int | None, lose_every: int = 0, spool: str = ""):
        self.messages = messages
        self._rate, self._lose_every, self._spool = rate, lose_every, spool
        self.restarts = 0
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Whole":
        with self._stack as stack:
            self._prepare(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def _prepare(self, stack: contextlib.ExitStack) -> None:
        from link import Link
        from waystation import Waystation

        self.station = station = Waystation()
        stack.push(lambda kind, *_: station.close(failed=kind and issubclass(kind, Exception)))
        self.recording = station.record("sent.ndjson", self.messages)
        self.disk = Disk(station.folder, "disk", megabytes=512)
        stack.callback(self.disk.close)
        station.start_replay([self.recording], self._rate)
        station.start_cloud()
        self.link = station.keep(Link(station.device_port, lose_every=self._lose_every))
        self._source = station.keep(Link(station.stream_port))
        self.edge = station.add_edge("edge", cloud_port=self.link.port, stream_port=self._source.port)
        stack.callback(self.edge.end)
        head, _, _ = self.edge.configuration.read_text().partition("[spool]")  # Behind it is the tests' haste.
        self.edge.configuration.write_text(f"{head}[spool]\n{self._spool}\n")
        (self.edge.folder / "state").symlink_to(self.disk.path, target_is_directory=True)
        self.edge.enrol(station.invite("edge"))

    def play_more(self, messages: list[bytes], rate: int) -> None:
        """The source ends, and another in its place has these messages."""
        self.station.replay.stop()
        self.station.start_replay([self.station.record("more.ndjson", messages)], rate)
        self._source.target = self.station.stream_port

    def wait_merged(self) -> None:
        """All messages are out, and nothing more comes to the cloud. An edge that ends meanwhile, to look at its spool more
        closely, is started again, as systemd would."""
        from waystation import wait_for

        def is_done() -> bool:
            self._supervise()
            return self.station.stream_status()["done"]

        wait_for("all messages are out", is_done, 600)
        events, since = -1, time.monotonic()
        while time.monotonic() - since < QUIET_SECONDS:
            self._supervise()
            if (now := self.station.snapshot()["events"]) != events:
                events, since = now, time.monotonic()
            time.sleep(0.5)

    def _supervise(self) -> None:
        if not self.edge.is_running:
            assert self.restarts < RESTART_LIMIT, "the edge ends again and again"
            self.restarts += 1
            self.edge.start()

    def differences(self) -> tuple[int, int]:
        """The rows, in all tables, that are missing and that are too many: each message has to be there once."""
        oracle = _output([sys.executable, ORACLE, self.recording])
        lost = twice = 0
        if self.station.digests() == oracle:
            return 0, 0
        for table in (line.split()[0] for line in oracle.splitlines()):
            right = collections.Counter(_output([sys.executable, ORACLE, "--table", table, self.recording]).splitlines())
            found = collections.Counter(self.station.cloud_says("tables", options=["--table", table]).splitlines())
            lost += (right - found).total()
            twice += (found - right).total()
        return lost, twice

    def report(self, report, name: str, elsewhere: str) -> None:
        """The figure, and what the fleet's page shows of the edge."""
        self.wait_merged()
        lost, twice = self.differences()
        report.losses(name, lost, twice, elsewhere)
        shown = self.station.snapshot_of("edge")
        report.note(
            f"{len(self.messages):,} messages; {self.station.snapshot()['events']:,} came to the cloud, which merged "
            f"them; gaps {shown['gaps']}, flags {shown['flags']}; ended by itself {self.restarts} times")


def _output(command: list) -> str:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout
