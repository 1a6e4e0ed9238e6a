"""The two ends of an edge, made to cost next to nothing: a stream that sends what it has ready, and a cloud that
believes everything it is sent and answers with rightly signed receipts."""

import base64
import ctypes
import ctypes.util
import hashlib
import json
import re
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

_crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
_crypto.EVP_PKEY_new_raw_private_key.restype = ctypes.c_void_p
_crypto.EVP_MD_CTX_new.restype = ctypes.c_void_p
_ED25519 = 1087


class SigningKey:
    """An Ed25519 key out of a PEM file."""

    def __init__(self, path: Path):
        def der(*options: str) -> bytes:
            command = ["openssl", "pkey", "-in", str(path), "-outform", "DER", *options]
            return subprocess.run(command, capture_output=True, check=True).stdout

        # Both forms end with the 32 bytes of the key (RFC 8410).
        self.identifier = hashlib.sha256(der("-pubout")[-32:]).hexdigest()
        self._key = ctypes.c_void_p(_crypto.EVP_PKEY_new_raw_private_key(_ED25519, None, der()[-32:], 32))

    def sign(self, message: bytes) -> bytes:
        context = ctypes.c_void_p(_crypto.EVP_MD_CTX_new())
        signature, count = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
        _crypto.EVP_DigestSignInit(context, None, None, None, self._key)
        done = _crypto.EVP_DigestSign(context, signature, ctypes.byref(count), message, ctypes.c_size_t(len(message)))
        _crypto.EVP_MD_CTX_free(context)
        assert done == 1, "Ed25519 failed"
        return signature.raw

    def envelope(self, kind: str, payload: bytes) -> bytes:
        """A signed DSSE envelope."""
        signature = self.sign(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
        return json.dumps({
            "payloadType": kind, "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": self.identifier, "sig": base64.b64encode(signature).decode()}],
        }).encode()


def _listen(port: int) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(16)
    return server


class Stream:
    """A WebSocket server; `send` hands messages to the one client there is."""

    def __init__(self):
        self._server = _listen(0)
        self.port = self._server.getsockname()[1]
        self._client: socket.socket | None = None
        self._connected = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._server.accept()
            head = b""
            while b"\r\n\r\n" not in head and (piece := client.recv(4096)):
                head += piece
            key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
            if not key:  # The fetch of what was missed: nothing was.
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                client.close()
                continue
            digest = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
            client.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n")
            self._client = client
            self._connected.set()

    def wait_connected(self) -> None:
        assert self._connected.wait(30), "the edge does not connect"

    def expect_another(self) -> None:
        """The edge is started anew."""
        self._connected.clear()

    @staticmethod
    def frames(messages: list[bytes]) -> bytes:
        """The messages as text frames."""
        return b"".join(b"\x81\x7e" + len(message).to_bytes(2, "big") + message for message in messages)

    def send(self, frames: bytes) -> None:
        self._client.sendall(frames)


class Sink:
    """A TLS server under the name of the cloud that just stopped: takes every batch and signs its receipt."""

    def __init__(self, port: int, keys: Path):
        self._key = SigningKey(keys / "receipt.pem")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(keys / "server.pem", keys / "server.key")
        self._server = _listen(port)
        self._lock = threading.Lock()
        self.events = self.raw_bytes = self.wire_bytes = self.batches = self.scored = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._server.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with self._context.wrap_socket(client, server_side=True) as connection:
                self._answer_all(connection, connection.makefile("rb", buffering=1 << 18))
        except OSError:
            pass  # The edge was stopped.

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
            if method == "PUT":
                status, answer = "200 OK", self._take(body, len(head) + 2)
            elif method == "GET":
                wait = re.search(r"wait=(\d+)", target)  # For a newer model; there is none.
                time.sleep(int(wait[1]) if wait else 1)
                status, answer = "204 No Content", b""
            else:
                status, answer = "404 Not Found", b"{}"
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)

    def _take(self, body: bytes, head_bytes: int) -> bytes:
        count = int.from_bytes(body[4:8], "little")
        payload = base64.b64decode(json.loads(body[8:8 + count])["payload"])
        manifest = json.loads(payload)
        receipt = {name: manifest[name] for name in ("device", "epoch", "sequence")} | {
            "manifest_sha256": hashlib.sha256(payload).hexdigest(), "result": "merged", "watermark": 1,
            "server_time_ms": int(time.time() * 1000)}
        with self._lock:
            self.batches += 1
            self.events += manifest["events"]
            self.raw_bytes += manifest["raw_bytes"]
            self.wire_bytes += len(body) + head_bytes
            self.scored += (manifest["scoring"] or {"events": 0})["events"]
        return self._key.envelope("application/vnd.waystation.receipt+json", json.dumps(receipt).encode())
