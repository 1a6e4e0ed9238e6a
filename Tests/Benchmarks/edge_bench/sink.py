"""The far end of an edge, made to cost next to nothing: a cloud that believes everything it is sent and answers with
rightly signed receipts."""

import base64
import dataclasses
import hashlib
import json
import re
import socket
import ssl
import threading
import time
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Batch:
    """One that was taken, and when."""

    at: float
    epoch: int
    sequence: int
    events: int
    raw_bytes: int
    scored: int


class Sink:
    """A TLS server on the port of the cloud that the edge is enrolled with, which has stopped.

    Batches are kept as files in `folder`, if there is one, named so that their order is that of their sealing.
    """

    def __init__(self, port: int, keys: Path, folder: Path | None = None):
        from signing_key import SigningKey

        self._port = port
        self._key = SigningKey.read(keys / "receipt.pem")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(keys / "server.pem", keys / "server.key")
        self._folder = folder
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._audible = threading.Event()
        self._audible.set()
        self._epoch = 0
        self._known: set[tuple[int, int]] = set()
        self.batches: list[Batch] = []
        self.events = self.raw_bytes = self.wire_bytes = self.repeated = 0
        self.start()

    def start(self) -> None:
        """The link is there, again."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """The link is gone: all connections break, new ones are refused."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It has ended by itself.

    def go_silent(self) -> None:
        """The link is gone, and nobody says so: what is sent here vanishes, and no answer comes."""
        from link import deafen

        self._audible.clear()
        with self._lock:
            for connection in [self._listener, *self._open]:
                deafen(connection)

    def come_back(self) -> None:
        """The silent link is there again."""
        from link import undeafen

        with self._lock:
            for connection in [self._listener, *self._open]:
                undeafen(connection)
        self._audible.set()

    def close(self) -> None:
        if self._listener:
            self.stop()

    def files(self) -> list[Path]:
        """What was kept, in the order of sealing."""
        return sorted(self._folder.glob("*.batch"))

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with self._context.wrap_socket(client, server_side=True) as connection:
                with self._lock:
                    self._open.add(connection)
                try:
                    self._answer_all(connection, connection.makefile("rb", buffering=1 << 18))
                finally:
                    with self._lock:
                        self._open.remove(connection)
        except (OSError, ValueError):
            pass  # The edge was stopped, or the link cut.

    def _answer_all(self, connection: ssl.SSLSocket, incoming) -> None:
        while line := incoming.readline():
            method, target, _ = line.decode().split(" ", 2)
            head = line
            while (line := incoming.readline()) not in (b"\r\n", b""):
                head += line
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            if re.search(rb"(?i)\r\nexpect: *100-continue", head):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = incoming.read(int(length[1])) if length else b""
            if length and len(body) < int(length[1]):
                return  # The link was cut.
            status, answer = self._answer(method, target, body, len(head) + 2)
            self._audible.wait()
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)

    def _answer(self, method: str, target: str, body: bytes, head_bytes: int) -> tuple[str, bytes]:
        if method == "PUT":
            return "200 OK", self._take(body, head_bytes)
        if method == "POST" and target.endswith("/epochs"):
            self._epoch += 1
            return "200 OK", json.dumps({"epoch": self._epoch}).encode()
        if method == "GET":
            wait = re.search(r"wait=(\d+)", target)  # For a newer model; there is none.
            time.sleep(int(wait[1]) if wait else 1)
            return "204 No Content", b""
        return "404 Not Found", b"{}"

    def _take(self, body: bytes, head_bytes: int) -> bytes:
        count = int.from_bytes(body[4:8], "little")
        payload = base64.b64decode(json.loads(body[8:8 + count])["payload"])
        manifest = json.loads(payload)
        name = (manifest["epoch"], manifest["sequence"])
        with self._lock:
            is_new = name not in self._known
            self._known.add(name)
            self.wire_bytes += len(body) + head_bytes
            if is_new:
                self.events += manifest["events"]
                self.raw_bytes += manifest["raw_bytes"]
                scored = (manifest["scoring"] or {"events": 0})["events"]
                self.batches.append(
                    Batch(time.monotonic(), *name, manifest["events"], manifest["raw_bytes"], scored))
            else:
                self.repeated += 1
        if is_new and self._folder:
            (self._folder / f"{name[0]:06}-{name[1]:09}.batch").write_bytes(body)
        receipt = {name: manifest[name] for name in ("device", "epoch", "sequence")} | {
            "manifest_sha256": hashlib.sha256(payload).hexdigest(), "result": "merged" if is_new else "duplicate",
            "watermark": 1, "server_time_ms": int(time.time() * 1000)}
        return self._key.envelope("application/vnd.waystation.receipt+json", json.dumps(receipt).encode())
