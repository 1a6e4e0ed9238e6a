"""TLS with an authority of one's own at the source, and proxies on both ways, with real sockets."""

import socket
import ssl
import threading
import unittest

from link import serve
from waystation import WaystationTestCase, resumable_lines, wait_for


class Front:
    """Listens on a free port of the loopback and passes connections on to where `greet` says. That may talk to the client
    first; it returns the connection to go on with, and the port."""

    def __init__(self, greet, address: str = "127.0.0.1"):
        self._greet = greet
        self._listener = socket.create_server((address, 0))
        self.port = self._listener.getsockname()[1]
        # What was asked for: a port each.
        self.asked: list[int] = []
        serve(self._listener, self._carry)

    def close(self) -> None:
        self._listener.close()

    def _carry(self, near: socket.socket) -> None:
        try:
            near, port = self._greet(near)
            self.asked.append(port)
            far = socket.create_connection(("127.0.0.1", port))
        except OSError:
            near.close()
            return
        back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
        back.start()
        _pass_on(near, far)
        back.join()
        near.close()
        far.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def _exactly(near: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = near.recv(count - len(data))
        if not piece:
            raise OSError("the client has gone")
        data += piece
    return data


def greet_connect(near: socket.socket) -> tuple[socket.socket, int]:
    """The CONNECT of an HTTP proxy."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _exactly(near, 1)
    method, target, _ = head.split(b"\r\n")[0].split()
    if method != b"CONNECT":
        raise OSError(f"no tunnel is asked for: {head!r}")
    near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    return near, int(target.rsplit(b":", 1)[1])


def greet_socks(near: socket.socket) -> tuple[socket.socket, int]:
    """SOCKS5 without authentication, the name resolved by the proxy (RFC 1928)."""
    _exactly(near, _exactly(near, 2)[1])
    near.sendall(b"\x05\x00")
    request = _exactly(near, 4)
    if request[3] != 3:
        raise OSError("the address is not a name")
    _exactly(near, _exactly(near, 1)[0])
    port = int.from_bytes(_exactly(near, 2), "big")
    near.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    return near, port


class ProxyTest(WaystationTestCase):
    def start(self, lines: list[bytes]):
        """A stream and a cloud; the recording, and who puts TLS before the stream."""
        station = self.station
        recording = station.record("some.ndjson", lines)
        station.start_replay([recording], rate=100)
        station.start_cloud()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        keys = station.folder / "keys"
        context.load_cert_chain(keys / "server.pem", keys / "server.key")
        return recording, lambda near: (context.wrap_socket(near, server_side=True), station.stream_port)

    def configured(self, edge, front, host: str, more: str) -> None:
        """Lets the stream come through TLS."""
        text = edge.configuration.read_text().replace(
            f"url = ws://127.0.0.1:{self.station.stream_port}", f"{more}url = wss://{host}:{front.port}").replace(
            f"resume-url = http://127.0.0.1:{self.station.stream_port}", f"resume-url = https://{host}:{front.port}")
        edge.configuration.write_text(text)

    def test_source_with_its_own_authority_through_a_proxy_and_cloud_through_another(self):
        station = self.station
        lines = resumable_lines("rsvps-2017-03-19.ndjson")[:500]
        recording, greet_tls = self.start(lines)
        front = station.keep(Front(greet_tls))
        tunnel, socks = station.keep(Front(greet_connect)), station.keep(Front(greet_socks))
        edge = station.add_enrolled_edge("edge-a")
        authority = station.folder / "keys" / "authority.pem"
        self.configured(
            edge, front, "localhost", f"authority = {authority}\nproxy = http://127.0.0.1:{tunnel.port}\n")
        text = edge.configuration.read_text()
        edge.configuration.write_text(
            text.replace("[cloud]\n", f"[cloud]\nproxy = socks5h://127.0.0.1:{socks.port}\n"))
        edge.start()
        wait_for("something is merged", lambda: station.snapshot()["events"] > 100)
        # What is missed meanwhile is fetched through the tunnel, too.
        edge.kill()
        edge.start()
        self.assert_tables_equal([recording])
        self.assertEqual(set(tunnel.asked), {front.port})
        self.assertGreaterEqual(len(tunnel.asked), 3, "two streams and a fetch")
        self.assertEqual(set(socks.asked), {station.device_port})

    def test_source_that_cannot_prove_its_name_is_not_listened_to(self):
        station = self.station
        _, greet_tls = self.start(resumable_lines("rsvps-2017-03-19.ndjson")[:50])
        authority = station.folder / "keys" / "authority.pem"
        trials = {
            "unable to get local issuer certificate": ("127.0.0.1", ""),
            "no alternative certificate subject name matches": ("127.0.0.2", f"authority = {authority}\n"),
        }
        for number, (why, (host, more)) in enumerate(trials.items()):
            with self.subTest(why):
                front = station.keep(Front(greet_tls, host))
                edge = station.add_enrolled_edge(f"edge-{number}")
                self.configured(edge, front, host, more)
                edge.start()
                wait_for("it says so", lambda: "not connected: the server is not trusted" in edge.log_text)
                self.assertIn(why, edge.log_text)
                self.assertEqual(edge.stop(), 0)
                self.assertEqual(edge.stored(), 0)
        self.assertEqual(station.stream_status()["websocket_clients"], 0)


if __name__ == "__main__":
    unittest.main()
