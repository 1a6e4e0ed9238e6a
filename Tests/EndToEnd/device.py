"""A device without an edge: it enrols, seals batches of given events, uploads them, and believes only signed receipts."""

import base64
import ctypes
import ctypes.util
import dataclasses
import hashlib
import http.client
import json
import ssl
import time
from pathlib import Path

from signing_key import SigningKey

BATCH = "application/vnd.waystation.batch"
RECEIPT = "application/vnd.waystation.receipt+json"
# zstd's skippable frame that holds the envelope.
HEAD_MAGIC = (0x184D2A57).to_bytes(4, "little")
ANSWER_SECONDS = 30

_zstd = ctypes.CDLL(ctypes.util.find_library("zstd"))
_zstd.ZSTD_compressBound.restype = _zstd.ZSTD_compress.restype = ctypes.c_size_t


@dataclasses.dataclass(frozen=True)
class Batch:
    """A sealed batch."""

    device: str
    epoch: int
    sequence: int
    lines: list[bytes]
    manifest_sha256: str
    file: bytes

    @property
    def identity(self) -> tuple[str, int, int]:
        return self.device, self.epoch, self.sequence


class Refused(Exception):
    """An answer that is no receipt."""

    def __init__(self, status: int, problem: dict, retry_after: str | None):
        super().__init__(f"{status} {problem}")
        self.status, self.problem, self.retry_after = status, problem, retry_after


class Device:
    """`port` is asked before each connection, since a cloud that starts again has another one."""

    def __init__(self, keys: Path, port, fleet: str = "test", stream: str = "rsvps"):
        self._key = SigningKey()
        self.identifier = self._key.identifier[:16]
        self._receipt_key = SigningKey.read(keys / "receipt.pem")
        self._tls = ssl.create_default_context(cafile=str(keys / "authority.pem"))
        self._port, self._fleet, self._stream = port, fleet, stream
        self._connection: http.client.HTTPSConnection | None = None
        self.epoch = 0

    def enrol(self, secret: str, name: str = "") -> None:
        """With TOKEN.PIN."""
        body = {"token": secret.split(".")[0], "public_key": base64.b64encode(self._key.public).decode(), "name": name}
        self._control("/v1/enroll", body, base64.b64encode(self._key.public).decode())

    def request_epoch(self) -> int:
        """The next batches are sealed under the epoch that is returned."""
        answer = self._control(f"/v1/devices/{self.identifier}/epochs", {}, self.identifier)
        self.epoch, self._sequence, self._previous = answer["epoch"], 0, "0" * 64
        return self.epoch

    def seal(self, lines: list[bytes]) -> Batch:
        """The next batch, of these events."""
        events = b"".join(line + b"\n" for line in lines)
        frames = _compressed(events)
        self._sequence += 1
        manifest = json.dumps({
            "version": 1, "fleet": self._fleet, "device": self.identifier, "epoch": self.epoch,
            "sequence": self._sequence, "stream": self._stream, "events": len(lines), "raw_bytes": len(events),
            "frames_bytes": len(frames), "frames_sha256": hashlib.sha256(frames).hexdigest(),
            "previous": self._previous, "first_event_ms": None, "last_event_ms": None,
            "sealed_at_ms": time.time_ns() // 1_000_000, "clock": "synchronized", "boot": "test", "gaps": [],
            "scoring": None}, separators=(",", ":")).encode()
        self._previous = hashlib.sha256(manifest).hexdigest()
        envelope = self._key.envelope("application/vnd.waystation.batch+json", manifest)
        file = HEAD_MAGIC + len(envelope).to_bytes(4, "little") + envelope + frames
        return Batch(self.identifier, self.epoch, self._sequence, lines, self._previous, file)

    def upload(self, batch: Batch) -> dict:
        """The receipt. `Refused` is another answer, OSError or HTTPException none at all."""
        path = "/v1/batches/{}/{}/{}".format(*batch.identity)
        answer = self._send("PUT", path, batch.file, {"Content-Type": BATCH})
        receipt = json.loads(self._receipt_key.payload(RECEIPT, answer))
        named = tuple(receipt[name] for name in ("device", "epoch", "sequence", "manifest_sha256"))
        assert named == (*batch.identity, batch.manifest_sha256), f"a receipt for another batch: {receipt}"
        return receipt

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _control(self, path: str, content: dict, identifier: str) -> dict:
        """A request that is signed as RFC 9421 says."""
        body = json.dumps(content).encode()
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        nonce = hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:32]
        values = {
            "@method": "POST", "@authority": f"localhost:{self._port()}", "@path": path, "@query": "?",
            "content-digest": digest}
        covered = " ".join(f'"{name}"' for name in values)
        parameters = (
            f'({covered});created={int(time.time())};keyid="{identifier}";nonce="{nonce}";tag="waystation-control"')
        base = "".join(f'"{name}": {value}\n' for name, value in values.items()) + f'"@signature-params": {parameters}'
        signature = base64.b64encode(self._key.sign(base.encode())).decode()
        return json.loads(self._send("POST", path, body, {
            "Host": values["@authority"], "Content-Type": "application/json", "Content-Digest": digest,
            "Signature-Input": f"control={parameters}", "Signature": f"control=:{signature}:"}))

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        """What is answered, if it is with 200, on a connection that is kept."""
        try:
            if self._connection and self._connection.port != self._port():
                self.close()
            if not self._connection:
                self._connection = http.client.HTTPSConnection(
                    "localhost", self._port(), timeout=ANSWER_SECONDS, context=self._tls)
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except BaseException:
            self.close()
            raise
        if answer.status != 200:
            problem = json.loads(content) if "json" in (answer.getheader("Content-Type") or "") else {"body": content}
            raise Refused(answer.status, problem, answer.getheader("Retry-After"))
        return content


def _compressed(content: bytes) -> bytes:
    """One zstd frame."""
    limit = _zstd.ZSTD_compressBound(ctypes.c_size_t(len(content)))
    frame = ctypes.create_string_buffer(limit)
    count = _zstd.ZSTD_compress(frame, ctypes.c_size_t(limit), content, ctypes.c_size_t(len(content)), 3)
    return frame.raw[:count]
