"""Starts the real programs, each in a folder of its own, and asks them how they are."""

import base64
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("WAYSTATION_PROGRAMS", PROJECT / ".build" / "debug"))
RECORDINGS = PROJECT / "Tests" / "Fixtures" / "recordings"
RUNS = PROJECT / ".waystation"

_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def wait_for(what: str, condition, seconds: float = 90):
    """The first true value that `condition` gives; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for this in vain: {what}")
        time.sleep(0.05)


def recording_lines(*names: str) -> list[bytes]:
    """The messages of recordings kept with the tests."""
    return b"".join((RECORDINGS / name).read_bytes() for name in names).splitlines()


def resumable_lines(*names: str) -> list[bytes]:
    """Those of the recordings' messages that `since_mtime` brings back. It never does so for what announces something of
    long ago again, whatever program asks; who was not there at that moment has missed it."""
    fresh, newest = [], 0
    for line in recording_lines(*names):
        moment = json.loads(line)["mtime"]
        if moment > newest - 50_000:
            fresh.append(line)
        newest = max(newest, moment)
    return fresh


class Program:
    """A program in the background; what it prints and logs goes to files beside each other."""

    def __init__(self, folder: Path, name: str, arguments: list):
        self.name = name
        self.log = folder / f"{name}.log"
        self._out = folder / f"{name}.out"
        self._arguments = [str(argument) for argument in arguments]
        self._process: subprocess.Popen | None = None
        # What this program finds in its environment beside the test's own.
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        with open(self._out, "wb") as out, open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=log, preexec_fn=_die_with_parent,
                env=os.environ | self.environment)

    def port(self, of: str = "") -> int:
        """The port of the line `listening [of] HOST:PORT`."""
        pattern = re.compile(rf"^listening {of + ' ' if of else ''}\S+:(\d+)$", re.MULTILINE)

        def announced():
            assert self.is_running, f"{self.name} has ended by itself:\n{self.log_text[-3000:]}"
            return pattern.search(self._out.read_text())

        return int(wait_for(f"{self.name} listens", announced, 60)[1])

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM; the exit status."""
        self._process.terminate()
        return self._process.wait(seconds)

    def end(self) -> None:
        """Whatever state it is in, it is gone afterwards."""
        if self.is_running:
            self.kill()


class Edge(Program):
    def __init__(self, folder: Path, name: str, configuration: str):
        self.folder = folder / name
        self.folder.mkdir()
        self.configuration = self.folder / "edge.conf"
        self.configuration.write_text(configuration)
        super().__init__(folder, name, [PROGRAMS / "waystation-edge", "run", "--config", self.configuration])

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [PROGRAMS / "waystation-edge", arguments[0], "--config", self.configuration, *arguments[1:]],
            capture_output=True, text=True, timeout=60, env=os.environ | self.environment)

    def enrol(self, secret: str) -> None:
        done = self.command("enroll", "--token", secret)
        assert done.returncode == 0, f"{self.name} could not enrol: {done.stderr}"

    def status(self) -> dict[str, str]:
        """What `status` prints: a name, blanks up to the 16th column, and a value a line."""
        done = self.command("status")
        assert done.returncode == 0, f"{self.name} has no status: {done.stderr}"
        return {line[:16].strip(): line[16:] for line in done.stdout.splitlines()}

    def json_status(self) -> dict:
        """What `status --json` prints."""
        done = self.command("status", "--json")
        assert done.returncode == 0, f"{self.name} has no status: {done.stderr}"
        return json.loads(done.stdout)

    def stored(self) -> int:
        """The lines put on disk so far, delivered ones included."""
        return int(self.status().get("stream rsvps", "0 events").split()[0])

    def backlog(self) -> int:
        """The batches that wait for their receipt."""
        return self.json_status()["backlog"]["batches"]

    def model(self) -> str:
        """The active model, such as `version 1`."""
        return self.status().get("model", "none")


class Waystation:
    """A replay, a cloud and any number of edges in one temporary folder."""

    def __init__(self):
        RUNS.mkdir(exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="test.", dir=RUNS))
        self._links = []
        self._programs: list[Program] = []
        subprocess.run([PROJECT / "provisioning" / "keys", self.folder / "keys"], check=True, capture_output=True)

    # ---- the stream

    def record(self, name: str, lines: list[bytes]) -> Path:
        """A recording of these messages."""
        path = self.folder / name
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    def start_replay(self, recordings: list[Path], rate: float | None, clients: int = 1) -> Program:
        """So many messages a second, or without a rate as fast as they are taken."""
        pace = ["--rate", f"{rate}/s"] if rate else ["--speed", "max"]
        return self._start_stream(clients, [*pace, "--recording", *recordings])

    def start_generator(self, count: int, seed: int, clients: int = 1) -> Program:
        """So many generated messages, as fast as they are taken."""
        return self._start_stream(clients, ["--speed", "max", "--generate", str(count), "--seed", str(seed)])

    def start_streams(self, material: list, rate: float, clients: int = 1) -> Program:
        """Several streams, so many messages a second of each; `material` as on the command line."""
        return self._start_stream(clients, ["--rate", f"{rate}/s", *material])

    def generate(self, stream: str, count: int, seed: int) -> Path:
        """A recording of generated messages."""
        path = self.folder / f"{stream}.ndjson"
        path.write_bytes(subprocess.run(
            [PROGRAMS / "waystation-replay", "generate", str(count), "--stream", stream, "--seed", str(seed)],
            check=True, capture_output=True).stdout)
        return path

    def _start_stream(self, clients: int, material: list) -> Program:
        arguments = [PROGRAMS / "waystation-replay", "serve", "--port", "0", "--wait-for-clients", str(clients)]
        self.replay = self._add(Program(self.folder, "replay", arguments + material))
        self.replay.start()
        self.stream_port = self.replay.port()
        return self.replay

    def stream_status(self) -> dict:
        return _get_json(f"http://127.0.0.1:{self.stream_port}/status")

    def wait_published(self, count: int, seconds: float = 120) -> None:
        wait_for(f"{count} messages are out", lambda: self.stream_status()["published"] >= count, seconds)

    # ---- the cloud

    def start_cloud(self, more: str = "", state: Path | None = None, streams: Path | None = None) -> Program:
        """A new cloud, on free ports; its state is in that folder, or in one beside its configuration. Its streams are those
        that are delivered, or those whose files are in that folder."""
        folder = self.folder / "cloud"
        folder.mkdir()
        self.state = state or folder / "state"
        plotly = next((RUNS / "venv").glob("lib/*/site-packages/plotly/package_data/plotly.min.js"))
        (folder / "cloud.conf").write_text(f"""
[cloud]
state = {self.state}
fleet = test
streams = {streams or PROJECT / "cloud" / "streams"}
[devices]
listen = 127.0.0.1:0
url = https://localhost:8443
certificate = ../keys/server.pem
key = ../keys/server.key
authority = ../keys/authority.pem
[dashboard]
listen = 127.0.0.1:0
assets = {PROJECT}/cloud/dashboard
plotly = {plotly}
[keys]
receipt = ../keys/receipt.pem
release = ../keys/release.pem
timestamp = ../keys/timestamp.pem
{more}""")
        arguments = [PROGRAMS / "waystation-cloud", "serve", "--config", folder / "cloud.conf"]
        self.cloud = self._add(Program(self.folder, "cloud", arguments))
        self.restart_cloud()
        return self.cloud

    def restart_cloud(self) -> None:
        """Starts the cloud that was stopped or killed; its ports are new."""
        self.cloud.start()
        self.device_port = self.cloud.port("devices")
        self.dashboard_port = self.cloud.port("dashboard")

    def cloud_command(self, *words: str, options: list[str] = ()) -> subprocess.CompletedProcess:
        return subprocess.run(
            [PROGRAMS / "waystation-cloud", *words, "--config", self.folder / "cloud" / "cloud.conf", *options],
            capture_output=True, text=True, timeout=120)

    def cloud_says(self, *words: str, options: list[str] = ()) -> str:
        """What a command prints that must succeed."""
        done = self.cloud_command(*words, options=options)
        assert done.returncode == 0, f"waystation-cloud {' '.join(words)}: {done.stderr}"
        return done.stdout

    def invite(self, name: str) -> str:
        """TOKEN.PIN for an edge of that name."""
        return self.cloud_says("device", "invite", options=["--name", name]).splitlines()[0]

    def digests(self, stream: str | None = "rsvps") -> str:
        """What `tables --digest` prints of a stream's tables, or of all."""
        return self.cloud_says("tables", options=["--digest"] + (["--stream", stream] if stream else []))

    def snapshot(self) -> dict:
        return _get_json(f"http://127.0.0.1:{self.dashboard_port}/v1/snapshot")

    def figures_of(self, stream: str) -> dict:
        return next(figures for figures in self.snapshot()["streams"] if figures["stream"] == stream)

    def snapshot_of(self, name: str) -> dict:
        return next(edge for edge in self.snapshot()["edges"] if edge["name"] == name)

    def raw_lines(self) -> list[bytes]:
        """The events of all raw batches, unpacked by the zstd program."""
        files = sorted((self.state / "raw").rglob("*.batch"))
        if not files:
            return []
        return subprocess.run(["zstd", "-dcq", *files], capture_output=True, check=True).stdout.splitlines()

    def manifests(self) -> list[dict]:
        """The manifests of all raw batches, in the order of sealing of each device."""
        files = sorted((self.state / "raw").rglob("*.batch"))
        manifests = [_manifest(file.read_bytes()) for file in files]
        return sorted(manifests, key=lambda one: (one["device"], one["epoch"], one["sequence"]))

    # ---- the edges

    def add_edge(self, name: str, cloud_port: int | None = None, stream_port: int | None = None, more: str = "",
                 seal_interval: str = "1 s") -> Edge:
        """An edge that is configured and not enrolled; `more` are further sections of its configuration."""
        stream_port = stream_port or self.stream_port
        return self._add(Edge(self.folder, name, f"""
[edge]
state = state
name = {name}
[cloud]
url = https://localhost:{cloud_port or self.device_port}
[stream rsvps]
definition = {PROJECT}/cloud/streams/rsvps.json
url = ws://127.0.0.1:{stream_port}/2/rsvps
resume-url = http://127.0.0.1:{stream_port}/2/rsvps
[spool]
seal-interval = {seal_interval}
flush-interval = 200 ms
[uplink]
retry-first = 200 ms
retry-limit = 2 s
{more}"""))

    def add_enrolled_edge(self, name: str, **options) -> Edge:
        edge = self.add_edge(name, **options)
        edge.enrol(self.invite(name))
        return edge

    # ---- the end

    def keep(self, link):
        """A link that is closed at the end."""
        self._links.append(link)
        return link

    def close(self, failed: bool) -> None:
        for program in self._programs:
            program.end()
        for link in self._links:
            link.close()
        if failed:
            for program in self._programs:
                print(f"---- the end of {program.log}\n{program.log_text[-3000:]}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder)

    def _add(self, program):
        self._programs.append(program)
        return program


class WaystationTestCase(unittest.TestCase):
    """Gives each test a Waystation of its own; its folder is kept when the test fails."""

    def setUp(self):
        self.station = Waystation()
        self.addCleanup(self._end)

    def _end(self):
        # `_outcome.success` is about the cleanup alone by now.
        result = self._outcome.result
        self.station.close(failed=any(test is self for test, _ in result.failures + result.errors))

    def assert_tables_equal(self, recordings: list[Path], seconds: float = 60):
        """The merged tables come to be those that the slow and obvious way gives for these recordings."""
        oracle = subprocess.run(
            [sys.executable, PROJECT / "Tests" / "oracle" / "merge_oracle.py", *recordings],
            capture_output=True, text=True, check=True).stdout
        digests = ""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and digests != oracle:
            digests = self.station.digests()
            time.sleep(0.2)
        self.assertEqual(digests, oracle)


def _manifest(batch: bytes) -> dict:
    """What the first frame of a batch holds: a skippable one of zstd with a signed envelope."""
    length = int.from_bytes(batch[4:8], "little")
    return json.loads(base64.b64decode(json.loads(batch[8:8 + length])["payload"]))


def _get_json(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)
