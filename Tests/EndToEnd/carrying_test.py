"""What the uplink does beside uploading: batches carried by hand, quiet hours, looking out for the link."""

import datetime
import shutil
import unittest
from pathlib import Path

from link import Link
from waystation import Edge, WaystationTestCase, recording_lines, wait_for


class CarryingTest(WaystationTestCase):
    def test_batches_carried_by_hand_count_once_and_are_freed_when_the_link_returns(self):
        station = self.station
        lines = recording_lines("rsvps-2015-03-08.ndjson")[:1200]
        recording = station.record("some.ndjson", lines)
        station.start_replay([recording], rate=150)
        station.start_cloud()
        uplink = station.keep(Link(station.device_port))
        edge = station.add_enrolled_edge("edge-a", cloud_port=uplink.port)
        edge.start()
        wait_for("the edge has an epoch and something is merged", lambda: station.snapshot()["events"] > 100)
        uplink.cut()
        stick = station.folder / "stick"

        # While the edge runs, and while the server runs.
        stored = edge.stored()
        wait_for("it collects offline", lambda: edge.stored() > stored + 300)
        merged = station.snapshot()["events"]
        done = edge.command("export", "--to", stick)
        self.assertEqual(done.returncode, 0, done.stderr)
        first = sorted(path.name for path in stick.iterdir())
        self.assertTrue(first and all(name.endswith(".batch") for name in first), first)
        self.assertIn("0 refused", station.cloud_says("import", str(stick)))
        wait_for("the page shows it", lambda: station.snapshot()["events"] > merged)
        carried = station.snapshot()["events"]
        self.assertGreater(edge.backlog(), len(first) - 1, "the edge keeps all until it has receipts")

        # While neither runs.
        wait_for("all messages are out", lambda: station.stream_status()["done"])
        wait_for("all are stored", lambda: edge.stored() == len(lines))
        self.assertEqual(edge.stop(), 0)
        self.assertEqual(station.cloud.stop(), 0)
        done = edge.command("export", "--to", stick)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(list(stick.iterdir())), edge.backlog())
        said = station.cloud_says("import", str(stick))
        self.assertIn(f"{len(first)} known already, 0 refused", said)
        self.assert_tables_equal([recording])
        raw = station.raw_lines()
        self.assertGreater(len(raw), carried)

        # The link returns: the cloud knows it all, and says so.
        station.restart_cloud()
        uplink.target = station.device_port
        uplink.restore()
        station.replay.stop()
        edge.start()
        wait_for("the backlog is freed", lambda: edge.backlog() == 0)
        self.assert_tables_equal([recording])
        self.assertEqual(station.snapshot()["events"], len(lines))
        self.assertEqual(sorted(station.raw_lines()), sorted(lines))
        status = station.snapshot_of("edge-a")
        self.assertEqual((status["flags"], status["gaps"]), ([], 0))

    def test_files_that_are_damaged_foreign_or_of_a_revoked_device_are_refused_one_by_one(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:400]
        recording = station.record("some.ndjson", lines)
        station.start_replay([recording], rate=150, clients=2)
        station.start_cloud()
        uplink = station.keep(Link(station.device_port))
        edges = [station.add_enrolled_edge(name, cloud_port=uplink.port) for name in ("edge-a", "edge-b")]
        for edge in edges:
            edge.start()
        for edge in edges:
            wait_for("it has an epoch", lambda: edge.status().get("epoch", "none yet") != "none yet")
        uplink.cut()
        wait_for("all messages are out", lambda: station.stream_status()["done"])
        good, bad = station.folder / "good", station.folder / "bad"
        for edge, folder in zip(edges, (good, bad)):
            wait_for("all are stored", lambda: edge.stored() == len(lines))
            self.assertEqual(edge.stop(), 0)
            self.assertEqual(edge.command("export", "--to", folder).returncode, 0)
        station.cloud_says("device", "revoke", "edge-b")
        revoked = sorted(path.name for path in bad.iterdir())
        files = sorted(good.iterdir())
        whole = files[0].read_bytes()
        (bad / "cut.batch").write_bytes(whole[:-10])
        (bad / "flipped.batch").write_bytes(whole[:-10] + bytes([whole[-10] ^ 1]) + whole[-9:])
        (bad / "text.batch").write_bytes(b"no batch")
        (bad / "note.txt").write_text("not looked at")
        before = sorted(path.name for path in bad.iterdir())

        done = station.cloud_command("import", str(bad))
        self.assertEqual(done.returncode, 1)
        for name in [*revoked, "cut.batch", "flipped.batch", "text.batch"]:
            self.assertRegex(done.stderr, rf"(?m)^waystation-cloud: {name} is refused: .+")
        self.assertEqual(done.stderr.count("revoked"), 2 * len(revoked), done.stderr)
        self.assertIn(f"0 merged with 0 events, 0 known already, {len(revoked) + 3} refused", done.stdout)
        self.assertEqual(sorted(path.name for path in bad.iterdir()), before, "nothing is moved")

        # The names of files mean nothing.
        shutil.move(files[0], good / "renamed.batch")
        self.assertIn(" 0 refused", station.cloud_says("import", str(good)))
        self.assert_tables_equal([recording])

    def patient_edge(self) -> tuple[Path, Link, Edge]:
        """One that is not started yet and tries again after an hour, its link to a cloud, and the recording of its stream."""
        station = self.station
        recording = station.record("some.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:200])
        station.start_replay([recording], rate=100)
        station.start_cloud()
        uplink = station.keep(Link(station.device_port))
        edge = station.add_enrolled_edge("edge-a", cloud_port=uplink.port)
        text = edge.configuration.read_text()
        edge.configuration.write_text(text.replace("200 ms\nretry-limit = 2 s", "1 h\nretry-limit = 1 h"))
        return recording, uplink, edge

    def test_the_first_try_comes_at_once_when_the_link_returns_however_long_the_backoff(self):
        recording, uplink, edge = self.patient_edge()
        uplink.cut()
        edge.start()
        wait_for("all messages are stored", lambda: edge.stored() == 200)
        self.assertIn("last error", edge.status())
        uplink.restore()
        self.assert_tables_equal([recording])

    def test_the_first_try_comes_at_once_after_an_outage_without_a_word(self):
        recording, uplink, edge = self.patient_edge()
        edge.start()
        wait_for("something is merged", lambda: self.station.snapshot()["events"] > 20)
        uplink.silence()
        wait_for("it is noticed", lambda: "cannot be reached" in edge.status().get("last error", ""), 40)
        uplink.speak()
        self.assert_tables_equal([recording])

    def test_quiet_hours_keep_batches_back_and_status_says_until_when(self):
        station = self.station
        recording = station.record("some.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:200])
        station.start_replay([recording], rate=100)
        station.start_cloud()
        edge = station.add_enrolled_edge("edge-a")
        now = datetime.datetime.now(datetime.timezone.utc)
        quiet = f"{now - datetime.timedelta(hours=2):%H:%M}-{now + datetime.timedelta(hours=2):%H:%M}"
        plain = edge.configuration.read_text()
        edge.configuration.write_text(plain.replace("[uplink]\n", f"[uplink]\nquiet = {quiet}\n"))
        edge.start()
        wait_for("all messages are stored", lambda: edge.stored() == 200)
        # Either the machine's clock is kept by a time server, or the cloud's first answer vouches for it.
        said = wait_for("status says so", lambda: edge.status().get("quiet hours"))
        self.assertTrue(said.startswith(f"{quiet} UTC"), said)
        said = wait_for("it rests", lambda: "until" in (said := edge.status()["quiet hours"]) and said)
        self.assertIn(f"{now + datetime.timedelta(hours=2):%Y-%m-%dT%H:%M}:00", said)
        self.assertGreater(edge.backlog(), 0)
        self.assertEqual(edge.stop(), 0)
        edge.configuration.write_text(plain)
        station.replay.stop()
        edge.start()
        self.assert_tables_equal([recording])


if __name__ == "__main__":
    unittest.main()
