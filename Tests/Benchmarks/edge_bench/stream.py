"""The near end of an edge, made to cost next to nothing: a stream that sends what it has ready."""

import base64
import hashlib
import re
import socket
import threading
import time

# What goes to the socket at once, at full speed: about 250 KB.
MESSAGES_A_SEND = 200


class Stream:
    """A WebSocket server that sends `messages`, again and again, to the one client there is.

    Message number n of all that were sent is `messages[n % len(messages)]`. It can resume nothing.
    """

    def __init__(self, messages: list[bytes]):
        self.messages = messages
        self.sent = 0
        self._frames = [b"\x81\x7e" + len(message).to_bytes(2, "big") + message for message in messages]
        self._pieces: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._client: socket.socket | None = None
        self._connected = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def wait_connected(self) -> None:
        assert self._connected.wait(60), "the edge does not connect"

    def expect_another(self) -> None:
        """The edge is started anew."""
        self._connected.clear()

    def send(self, count: int) -> None:
        """As fast as they are taken; whole sends, so perhaps a few more than `count`. Raises OSError if the edge leaves."""
        if not self._pieces:
            frames = self._frames[:len(self._frames) // MESSAGES_A_SEND * MESSAGES_A_SEND]
            self._pieces = [
                b"".join(frames[start:start + MESSAGES_A_SEND]) for start in range(0, len(frames), MESSAGES_A_SEND)]
            del self.messages[len(frames):], self._frames[len(frames):]
        assert self.sent % MESSAGES_A_SEND == 0, "full speed begins at a whole send"
        end = self.sent + count
        while self.sent < end:
            self._client.sendall(self._pieces[self.sent // MESSAGES_A_SEND % len(self._pieces)])
            self.sent += MESSAGES_A_SEND

    def send_paced(self, rate: int, seconds: float, look=lambda: None) -> list:
        """So many a second, for so long; what `look` has seen, once a second. At most 100 sends a second."""
        began, first = time.monotonic(), self.sent
        seen = []
        step = max(1, rate // 100)
        for number in range(0, int(rate * seconds), step):
            time.sleep(max(0, began + number / rate - time.monotonic()))
            places = range(first + number, first + number + step)
            self._client.sendall(b"".join(self._frames[place % len(self._frames)] for place in places))
            self.sent += step
            if number // step % (rate // step) == 0:
                seen.append(look())
        return seen

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        if self._client:
            self._client.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
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
