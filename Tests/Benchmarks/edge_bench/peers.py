"""peers: rsyslog and mosquitto, where they are installed, with the same messages on this machine, for the ratio.

rsyslog takes lines over TCP into its disk queue and sends them on over TCP: no compression, no TLS, no check of what it
carries, and no fsync. mosquitto is a broker that a client publishes to with QoS 1 and another reads from: messages lie
in its memory. rsyslog is given as many events as `speed` is.
"""

import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from pipeline import process_figures

from .disk import Disk
from .speed import USUAL_BYTES

RSYSLOG, MOSQUITTO = "/usr/sbin/rsyslogd", "/usr/sbin/mosquitto"
LINES_A_SEND = 200
# mosquitto_pub numbers messages with 16 bits and ends too early when they begin again.
MOSQUITTO_EVENTS = 60_000


def run(stage, report, options) -> None:
    for name, program, measure in (("rsyslog", RSYSLOG, _rsyslog), ("mosquitto", MOSQUITTO, _mosquitto)):
        if shutil.which(program):
            measure(stage, report, options.events)
        else:
            report.note(f"{name} is not installed (Debian: rsyslog, mosquitto, mosquitto-clients)")


class LineSink:
    """Takes lines over TCP and counts them."""

    def __init__(self):
        self.lines = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._server.accept()
            threading.Thread(target=self._count, args=(client,), daemon=True).start()

    def _count(self, client: socket.socket) -> None:
        while piece := client.recv(1 << 18):
            self.lines += piece.count(b"\n")


def _rsyslog(stage, report, events: int) -> None:
    folder = stage.new_folder("rsyslog")
    disk, sink, port = Disk(folder, "disk"), LineSink(), _free_port()
    (folder / "rsyslog.conf").write_text(f"""
global(workDirectory="{disk.path}" maxMessageSize="64k")
module(load="imtcp")
template(name="raw" type="string" string="%rawmsg%\\n")
input(type="imtcp" port="{port}" address="127.0.0.1" ruleset="pass")
ruleset(name="pass" queue.type="Disk" queue.filename="queue" queue.maxDiskSpace="2g" queue.checkpointInterval="1000"
    queue.dequeueBatchSize="512" queue.timeoutEnqueue="0") {{
  action(type="omfwd" target="127.0.0.1" port="{sink.port}" protocol="tcp" template="raw" action.resumeRetryCount="-1")
}}
""")
    process = _start(folder, [RSYSLOG, "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid"])
    try:
        before = disk.written() if disk.is_real else 0
        source = _connect(port)
        began = time.monotonic()
        sent = _send(source, stage.messages, events)
        _wait(lambda: sink.lines >= sent)
        elapsed = time.monotonic() - began
        _report(report, "rsyslog with a disk queue", process.pid, sent, elapsed, stage.messages)
        if disk.is_real:
            payload = sent * _mean_bytes(stage.messages)
            written = (disk.written() - before) / payload
            report.figure("rsyslog: device bytes per payload byte", f"{written:.3f}")
            report.note("without fsync, what is sent on soon is deleted before the device hears of it")
    finally:
        process.kill()
        process.wait()
        disk.close()


def _mosquitto(stage, report, events: int) -> None:
    folder, port = stage.new_folder("mosquitto"), _free_port()
    (folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n")
    (folder / "lines").write_bytes(b"".join(line + b"\n" for line in stage.messages))
    process = _start(folder, [MOSQUITTO, "-c", folder / "mosquitto.conf"])
    where = ["-h", "127.0.0.1", "-p", str(port), "-t", "events", "-q", "1"]
    try:
        _connect(port).close()
        reader = subprocess.Popen(["mosquitto_sub", *where], stdout=subprocess.PIPE)
        time.sleep(1)
        rounds = max(1, min(events, MOSQUITTO_EVENTS) // len(stage.messages))
        wanted = rounds * len(stage.messages)
        began = time.monotonic()
        writer = subprocess.Popen(["mosquitto_pub", *where, "-l"], stdin=subprocess.PIPE)
        threading.Thread(target=_pour, args=(folder / "lines", rounds, writer.stdin), daemon=True).start()
        got = 0
        while got < wanted and (piece := reader.stdout.read1(1 << 18)):
            got += piece.count(b"\n")
        _report(report, "mosquitto in memory, QoS 1", process.pid, got, time.monotonic() - began, stage.messages)
        assert got == wanted, f"mosquitto has passed on {got} of {wanted} messages"
    finally:
        for program in (reader, writer, process):
            program.kill()
            program.wait()


def _pour(path: Path, rounds: int, into) -> None:
    text = path.read_bytes()
    with into:
        for _ in range(rounds):
            into.write(text)


def _report(report, name: str, pid: int, events: int, elapsed: float, messages: list[bytes]) -> None:
    figures = process_figures(pid)
    cpu = figures["cpu"] / events * 1e6 / _mean_bytes(messages) * USUAL_BYTES
    report.figure(f"{name}: CPU-s per million events of 1.27 KB", f"{cpu:.2f}")
    report.figure(f"{name}: events/s", f"{events / elapsed:,.0f}")
    report.figure(f"{name}: resident MB, peak", f"{figures['peak']:.1f}")


def _mean_bytes(messages: list[bytes]) -> float:
    return sum(map(len, messages)) / len(messages) + 1


def _send(to: socket.socket, messages: list[bytes], events: int) -> int:
    starts = range(0, len(messages) // LINES_A_SEND * LINES_A_SEND, LINES_A_SEND)
    pieces = [b"".join(line + b"\n" for line in messages[start:start + LINES_A_SEND]) for start in starts]
    rounds = events // LINES_A_SEND
    for number in range(rounds):
        to.sendall(pieces[number % len(pieces)])
    return rounds * LINES_A_SEND


def _start(folder: Path, command: list) -> subprocess.Popen:
    with open(folder / "log", "wb") as log:
        return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)


def _connect(port: int) -> socket.socket:
    deadline = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _wait(condition, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.01)
