"""A TCP link between two programs that can be cut, with or without a word, and that loses replies."""

import ctypes
import socket
import struct
import threading


# A socket filter (BPF) that lets nothing pass.
_SO_ATTACH_FILTER, _SO_DETACH_FILTER = 26, 27
_PASS_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
_PROGRAM = struct.pack("HL", 1, ctypes.addressof(_PASS_NOTHING))


def deafen(connection: socket.socket) -> None:
    """Packets for the socket vanish from now on, as on a link that has gone: the kernel does not even acknowledge them."""
    connection.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, _PROGRAM)


def undeafen(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)


def serve(listener: socket.socket, carry) -> None:
    """Calls `carry` with each connection, in a thread of its own, until the listener is closed."""
    def accept():
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=carry, args=(near,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


class Link:
    """Listens on a free port of the loopback and passes connections on to `target`, a port there.

    With `lose_every=n` each n-th reply is lost: the request has gone through, the answer is thrown away and the
    connection is broken. What counts as a reply are the bytes that come back after the first exchange of a connection
    (that is the TLS handshake), once the other side has said something. `lost` counts them, `carried` the connections.
    """

    def __init__(self, target: int, lose_every: int = 0):
        self.target = target
        self.lose_every = lose_every
        self.lost = 0
        self.carried = 0
        self._replies = 0
        self._is_cut = False
        self._audible = threading.Event()
        self._audible.set()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        serve(self._listener, self._carry)

    def cut(self) -> None:
        """Breaks all connections and refuses new ones, until `restore`."""
        with self._lock:
            self._is_cut = True
            connections = list(self._open)
        for connection in connections:
            _break(connection)

    def restore(self) -> None:
        with self._lock:
            self._is_cut = False

    def silence(self) -> None:
        """What is sent through it vanishes, new connections too, and nobody is told; until `speak`."""
        self._audible.clear()
        with self._lock:
            for connection in [self._listener, *self._open]:
                deafen(connection)

    def speak(self) -> None:
        with self._lock:
            for connection in [self._listener, *self._open]:
                undeafen(connection)
        self._audible.set()

    def close(self) -> None:
        self.cut()
        self._audible.set()
        self._listener.close()

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            _break(near)
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            self.carried += 1
            self._open |= {near, far}
            is_cut = self._is_cut
        if is_cut:
            _break(near)
            _break(far)
        exchange = _Exchange()
        there = threading.Thread(target=self._pass_on, args=(near, far, exchange.note_request), daemon=True)
        there.start()
        self._pass_on(far, near, lambda: self._keeps_reply(exchange))
        there.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()

    def _pass_on(self, source: socket.socket, sink: socket.socket, keeps) -> None:
        try:
            while data := source.recv(65536):
                self._audible.wait()
                if not keeps():
                    _break(source)
                    break
                sink.sendall(data)
        except OSError:
            pass
        _break(sink)

    def _keeps_reply(self, exchange: "_Exchange") -> bool:
        if not exchange.begins_reply() or self.lose_every == 0:
            return True
        with self._lock:
            self._replies += 1
            if self._replies % self.lose_every:
                return True
            self.lost += 1
            return False


class _Exchange:
    """Who spoke last on one connection."""

    def __init__(self):
        self._turns = 0
        self._is_asked = False

    def note_request(self) -> bool:
        self._is_asked = True
        return True

    def begins_reply(self) -> bool:
        if not self._is_asked:
            return False
        self._is_asked = False
        self._turns += 1
        return self._turns > 1


def _break(connection: socket.socket) -> None:
    """Ends a connection with a reset, as a link that is gone would."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
