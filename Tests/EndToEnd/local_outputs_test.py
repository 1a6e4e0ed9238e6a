"""What an edge tells other programs on its machine: scored events, metrics, status for programs, word to systemd."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from waystation import PROGRAMS, WaystationTestCase, recording_lines, wait_for

LOCAL = "[local]\nsocket = {folder}/events.sock\nmetrics = 127.0.0.1:0\n"


class LocalOutputsTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        # A Unix socket's path is short; the station's folder may not be.
        self.folder = Path(tempfile.mkdtemp(prefix="waystation."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.tails = []

    def start(self, rate: float = 200, lines: int = 1541, **more):
        station = self.station
        self.recording = station.record("some.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:lines])
        station.start_replay([self.recording], rate=rate)
        station.start_cloud()
        self.edge = station.add_enrolled_edge("edge-a", more=LOCAL.format(folder=self.folder), **more)
        return self.edge

    def tail(self, *arguments: str, **options) -> subprocess.Popen:
        process = subprocess.Popen(
            [PROGRAMS / "waystation-edge", "tail", "--config", self.edge.configuration, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def subscribers(self, port: int) -> int:
        return self.metrics(port)["waystation_edge_feed_subscribers"]

    def get(self, port: int, path: str):
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)

    def metrics(self, port: int) -> dict[str, float]:
        with self.get(port, "/metrics") as answer:
            text = answer.read().decode()
        samples = re.findall(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)
        self.assertEqual(len(samples), sum(1 for line in text.splitlines() if not line.startswith("#")))
        return {name: float(value) for name, value in samples}

    def test_tail_prints_events_with_their_scores_and_ends_cleanly(self):
        edge = self.start()
        missing = edge.command("tail")
        self.assertEqual(missing.returncode, 1, "no edge runs yet")
        self.assertIn("cannot connect", missing.stderr)
        edge.start()
        port = edge.port("metrics")
        first = self.tail("--stream", "rsvps")
        sent = set(self.recording.read_bytes().splitlines())
        for _ in range(20):
            line = first.stdout.readline()
            event = json.loads(line)
            self.assertEqual((event["stream"], event["score"], event["model"]), ("rsvps", None, None))
            self.assertIn(line[line.index(b'"event":') + len(b'"event":'):-2], sent)
        first.send_signal(signal.SIGINT)
        self.assertEqual(first.wait(20), 0)

        wait_for("a good part is merged", lambda: self.station.snapshot()["events"] >= 400)
        self.station.cloud_says("train")
        self.station.cloud_says("model", "publish", options=["--force"])
        wait_for("the edge has the model", lambda: edge.model() == "version 1")
        second = self.tail()
        event = json.loads(second.stdout.readline())
        self.assertEqual(event["model"], 1)
        self.assertTrue(0 < event["score"] < 1)
        second.stdout.close()
        self.assertEqual(second.wait(20), 0, "nobody reads it any more")
        wait_for("both have gone", lambda: self.subscribers(port) == 0)
        self.assertEqual(self.metrics(port)['waystation_edge_model_version{stream="rsvps"}'], 1)

        third = self.tail()
        third.stdout.readline()
        self.assertEqual(edge.stop(), 0)
        self.assertEqual(third.wait(20), 1)
        self.assertIn(b"has closed", third.stderr.read())
        self.assertFalse((self.folder / "events.sock").exists())

    def test_a_reader_that_never_reads_delays_nothing(self):
        edge = self.start(rate=2000)
        edge.start()
        port = edge.port("metrics")
        lazy = []
        for _ in range(10):
            reader = socket.socket(socket.AF_UNIX)
            reader.connect(str(self.folder / "events.sock"))
            self.addCleanup(reader.close)
            lazy.append(reader)
        wait_for("all read nothing", lambda: self.subscribers(port) == len(lazy))
        self.assert_tables_equal([self.recording])
        dropped = wait_for("lines are left out", lambda: self.metrics(port)["waystation_edge_feed_dropped_lines_total"])
        self.assertGreater(dropped, len(lazy))
        self.assertEqual(edge.stop(), 0)

    def test_metrics_and_status_for_programs_say_the_same(self):
        edge = self.start(rate=500, lines=500)
        before = json.loads(edge.command("status", "--json").stdout)
        self.assertEqual((before["device"] is None, before["running"], before["streams"]), (False, False, []))
        edge.start()
        wait_for("something is merged", lambda: self.station.snapshot()["events"] > 0)
        # A killed edge leaves its socket behind; the next one takes its place.
        edge.kill()
        self.assertTrue((self.folder / "events.sock").exists())
        edge.start()
        port = edge.port("metrics")
        self.assert_tables_equal([self.recording])
        with self.get(port, "/metrics") as answer:
            self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        with self.get(port, "/healthz") as answer:
            self.assertEqual((answer.status, answer.read()), (200, b"ok\n"))
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            self.get(port, "/etc/passwd")
        self.assertEqual(refusal.exception.code, 404)
        refusal.exception.close()

        def settled():
            status = json.loads(edge.command("status", "--json").stdout)
            return status["backlog"]["batches"] == 0 and status["acknowledged"] == status["sealed"] and status

        status = wait_for("all is acknowledged", settled)
        metrics = self.metrics(port)
        stream = status["streams"][0]
        self.assertTrue(status["running"])
        self.assertGreaterEqual(stream["events"], 500)
        for name, value in {
            'events_total{stream="rsvps"}': stream["events"], 'malformed_total{stream="rsvps"}': stream["malformed"],
            "batches_sealed_total": status["sealed"], "batches_acknowledged_total": status["acknowledged"],
            "backlog_batches": 0, "backlog_bytes": 0, "spool_accepting": 1, 'model_version{stream="rsvps"}': 0,
            'last_event_timestamp_seconds{stream="rsvps"}': stream["last_event_ms"] / 1000,
            "last_contact_timestamp_seconds": status["last_contact_ms"] / 1000,
        }.items():
            self.assertAlmostEqual(metrics[f"waystation_edge_{name}"], value, places=3, msg=name)
        self.assertGreater(metrics["waystation_edge_spool_bytes"], 0)
        human = edge.status()
        self.assertEqual(int(human["sealed"].split()[0]), status["sealed"])
        self.assertEqual(human["device"], status["device"])

    def test_a_new_configuration_is_taken_over_whole_or_not_at_all(self):
        edge = self.start(rate=200)
        edge.start()
        port = edge.port("metrics")
        tail = self.tail()
        tail.stdout.readline()

        good = edge.configuration.read_text()
        for wrong, words in (
            (good.replace("seal-interval = 1 s", "seal-interval = 1 parsec") + "[upling]\n", ["parsec", "upling"]),
            (good.replace("state = state", "state = elsewhere"), ["needs a restart", "elsewhere"]),
            (good.replace(f"{self.folder}/events.sock", f"{self.folder}/none/events.sock"), ["none/events.sock"]),
        ):
            edge.configuration.write_text(wrong)
            before = edge.log_text.count("is not taken over")
            os.kill(edge.pid, signal.SIGHUP)
            wait_for("it is refused", lambda: edge.log_text.count("is not taken over") > before)
            for word in words:
                self.assertIn(word, edge.log_text)
        self.assertFalse((edge.folder / "elsewhere").exists())

        edge.configuration.write_text(
            good.replace("seal-interval = 1 s", "seal-interval = 300 ms")
            .replace("metrics = 127.0.0.1:0", "metrics = [::1]:0") + "[log]\nlevel = notice\n")
        os.kill(edge.pid, signal.SIGHUP)
        wait_for("it is taken over", lambda: "The configuration was read again." in edge.log_text)
        wait_for("metrics have moved", lambda: len(edge._out.read_text().splitlines()) == 2)
        with self.assertRaises(urllib.error.URLError):
            self.get(port, "/metrics")
        tail.stdout.readline()
        # Nothing is lost: what came meanwhile is fetched. The reader has stayed.
        self.assert_tables_equal([self.recording])
        self.assertIsNone(tail.poll())
        self.assertTrue(edge.is_running)
        self.assertEqual(edge.stop(), 0)
        before, after = edge.log_text.split("The configuration was read again.")
        self.assertIn(" info ", before)
        self.assertNotIn(" info ", after)

    def test_systemd_is_told_and_its_watchdog_fed(self):
        edge = self.start(rate=50)
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(self.folder / "notify"))
        manager.settimeout(30)
        os.environ.update(NOTIFY_SOCKET=str(self.folder / "notify"), WATCHDOG_USEC="400000")
        try:
            edge.start()
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        self.assertEqual(manager.recv(4096).splitlines()[0], b"READY=1")
        told = [manager.recv(4096) for _ in range(8)]
        self.assertGreaterEqual(told.count(b"WATCHDOG=1"), 5)
        os.kill(edge.pid, signal.SIGHUP)
        told = []
        while not told or not told[-1].startswith(b"READY=1"):
            told.append(manager.recv(4096))
        self.assertTrue(any(re.match(rb"RELOADING=1\nMONOTONIC_USEC=\d+\n", word) for word in told), told)
        edge.stop()
        last = b""
        while not last.startswith(b"STOPPING=1"):
            last = manager.recv(4096)


if __name__ == "__main__":
    unittest.main()
