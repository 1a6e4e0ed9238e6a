"""Devices that send on whatever happens to the cloud, and what must be true of it in the end."""

import hashlib
import http.client
import itertools
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from device import Batch, Device, Refused
from waystation import PROJECT, Waystation

ORACLE = PROJECT / "Tests" / "oracle" / "merge_oracle.py"
RETRY_SECONDS = 0.02
SNAPSHOT_PATIENCE_SECONDS = 5
# How often, on the average, a device does something else than to send the next batch.
REPEAT_ONE_IN, EPOCH_ONE_IN = 10, 15


class Senders:
    """So many devices, each on a thread of its own, with so many events a batch, until `finish`.

    Each batch is sent again until it has its receipt. Now and then one that has it is sent once more, or a new epoch is
    asked for. The messages are dealt in turn, from the first again when all are sent.
    """

    def __init__(self, station: Waystation, messages: list[bytes], devices: int = 4, batch_events: int = 10,
                 pause: float = 0.0, seed: int = 1):
        self._station, self._batch_events, self._pause = station, batch_events, pause
        self._lock = threading.Lock()
        self._messages = itertools.cycle(messages)
        self._is_over = threading.Event()
        self._failures: list[BaseException] = []
        self.acknowledged: list[Batch] = []
        # Device and epoch of each grant.
        self.granted: list[tuple[str, int]] = []
        # How often no answer came, or one that says to come again.
        self.retries = 0
        # The names of the problems in such answers.
        self.problems: set[str] = set()
        self.secrets = [station.invite(f"sender-{number}") for number in range(devices)]
        self._dice = [random.Random(f"{seed} {number}") for number in range(devices)]
        self._devices = [Device(station.folder / "keys", lambda: station.device_port) for _ in range(devices)]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """They enrol and begin."""
        self._run(self._enrol_and_send, self._devices, self.secrets, self._dice)

    def go_on(self) -> None:
        """After `finish`, the same devices send again."""
        self._is_over.clear()
        self._run(self._send, self._devices, self._dice)

    def _run(self, work, *parts: list) -> None:
        self._threads = [threading.Thread(target=self._watched, args=(work, *part), daemon=True) for part in zip(*parts)]
        for thread in self._threads:
            thread.start()

    def assert_alive(self) -> None:
        if self._failures:
            raise self._failures[0]

    def finish(self) -> None:
        """The batches under way get their receipts, then no more are sent."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive() or self._failures, "a sender gets no receipt any more"
        self.assert_alive()

    def _watched(self, work, device: Device, *parts) -> None:
        try:
            work(device, *parts)
        except BaseException as error:
            self._failures.append(error)
        finally:
            device.close()

    def _enrol_and_send(self, device: Device, secret: str, dice: random.Random) -> None:
        self._persist(lambda: device.enrol(secret))
        self._new_epoch(device)
        self._send(device, dice)

    def _send(self, device: Device, dice: random.Random) -> None:
        while not self._is_over.wait(self._pause):
            with self._lock:
                lines = list(itertools.islice(self._messages, self._batch_events))
            batch = device.seal(lines)
            self._persist(lambda: device.upload(batch))
            with self._lock:
                self.acknowledged.append(batch)
            if dice.randrange(REPEAT_ONE_IN) == 0:
                receipt = self._persist(lambda: device.upload(batch))
                assert receipt["result"] == "duplicate", f"merged again: {receipt}"
            if dice.randrange(EPOCH_ONE_IN) == 0:
                self._new_epoch(device)

    def _new_epoch(self, device: Device) -> None:
        epoch = self._persist(device.request_epoch)
        with self._lock:
            self.granted.append((device.identifier, epoch))

    def _persist(self, attempt):
        """Until it is answered with something else than silence or 'come again'."""
        while True:
            try:
                return attempt()
            except Refused as refusal:
                if refusal.status not in (429, 503):
                    raise
                assert refusal.retry_after, f"no Retry-After: {refusal}"
                self.problems.add(refusal.problem["type"].rpartition("/")[2])
            except (OSError, http.client.HTTPException):
                pass
            with self._lock:
                self.retries += 1
            self._is_over.wait(RETRY_SECONDS) or threading.Event().wait(RETRY_SECONDS)


def contradictions(station: Waystation, senders: Senders) -> list[str]:
    """What is not as it must be once all batches have their receipts: receipts, ledger, raw batches and tables agree. The
    cloud runs; a sentence for each contradiction."""
    found = []
    sent = {batch.identity: batch for batch in senders.acknowledged}
    if len(sent) != len(senders.acknowledged):
        found.append("one identity has receipts for two batches")
    if len(set(senders.granted)) != len(senders.granted):
        found.append("an epoch was granted twice")
    found += _ledger_contradictions(station.state, sent)
    found += _raw_contradictions(station.state, sent)
    recording = station.record("acknowledged.ndjson", [line for batch in sent.values() for line in batch.lines])
    oracle = subprocess.run(
        [sys.executable, ORACLE, recording], capture_output=True, text=True, check=True).stdout
    if (digests := station.digests()) != oracle:
        found.append(f"the tables are\n{digests}and must be\n{oracle}")
    events = sum(len(batch.lines) for batch in sent.values())
    if (counted := _settled(lambda: station.snapshot()["events"], events)) != events:
        found.append(f"{counted} events are counted, and {events} acknowledged")
    return found + [sentence for secret in senders.secrets for sentence in _invitation_contradictions(station, secret)]


def _settled(read, wanted: int) -> int:
    """What is read once it is what is wanted, or after a while: the page's numbers are a second old at most."""
    deadline = time.monotonic() + SNAPSHOT_PATIENCE_SECONDS
    while (value := read()) != wanted and time.monotonic() < deadline:
        time.sleep(RETRY_SECONDS)
    return value


def _invitation_contradictions(station: Waystation, used_secret: str) -> list[str]:
    with closing(Device(station.folder / "keys", lambda: station.device_port)) as stranger:
        try:
            stranger.enrol(used_secret)
        except Refused as refusal:
            return [] if refusal.status == 401 else [f"a used invitation is answered with {refusal}"]
    return ["an invitation was good for a second device"]


def _ledger_contradictions(state: Path, sent: dict) -> list[str]:
    found = []
    for name in ("warehouse.sqlite", "fleet.sqlite"):
        with _reading(state / name) as database:
            [(verdict, *_), *_] = database.execute("PRAGMA integrity_check")
        if verdict != "ok":
            found.append(f"{name} is damaged: {verdict}")
    with _reading(state / "warehouse.sqlite") as database:
        entered = {tuple(row[:3]): row[3].hex() for row in database.execute(
            "SELECT device, epoch, sequence, manifest_sha256 FROM ledger")}
    lost = [identity for identity, batch in sent.items() if entered.get(identity) != batch.manifest_sha256]
    if lost:
        found.append(f"{len(lost)} acknowledged batches are not in the ledger: {lost[:3]}")
    if foreign := entered.keys() - sent.keys():
        found.append(f"{len(foreign)} batches are in the ledger without a receipt: {list(foreign)[:3]}")
    return found


def _raw_contradictions(state: Path, sent: dict) -> list[str]:
    found = []
    with _reading(state / "warehouse.sqlite") as database:
        keys = {row[3]: tuple(row[:3]) for row in database.execute("SELECT device, epoch, sequence, raw_key FROM ledger")}
    files = {str(path.relative_to(state)): path for path in (state / "raw").rglob("*") if path.is_file()}
    if missing := keys.keys() - files.keys():
        found.append(f"{len(missing)} merged batches are not kept raw: {list(missing)[:3]}")
    if foreign := files.keys() - keys.keys():
        found.append(f"{len(foreign)} raw files are of no merged batch: {list(foreign)[:3]}")
    wrong = [
        key for key in keys.keys() & files.keys()
        if keys[key] in sent and _digest(files[key].read_bytes()) != _digest(sent[keys[key]].file)]
    if wrong:
        found.append(f"{len(wrong)} raw batches are not what was sent: {wrong[:3]}")
    return found


def _reading(path: Path):
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
