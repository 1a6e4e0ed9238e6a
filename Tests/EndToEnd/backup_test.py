"""Backups beside a running cloud, and restores: an older state, brought forward to what devices have receipts for."""

import os
import shutil
import sqlite3
import unittest
from contextlib import closing

from senders import Senders, contradictions
from waystation import WaystationTestCase, recording_lines, wait_for


class BackupTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        self.station.start_cloud()
        self.lines = recording_lines("rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson")

    def send(self, seed: int) -> Senders:
        senders = Senders(self.station, self.lines, seed=seed)
        senders.start()
        return senders

    def wait_acknowledged(self, senders: Senders, count: int) -> None:
        def is_done() -> bool:
            senders.assert_alive()
            return len(senders.acknowledged) >= count

        wait_for(f"{count} batches are acknowledged", is_done)

    def backup(self, *options: str) -> str:
        """Makes one; its name."""
        return self.station.cloud_says("backup", options=list(options)).split()[1]

    def test_an_old_backup_and_the_raw_batches_give_the_state_of_now(self):
        station = self.station
        senders = self.send(seed=1)
        self.wait_acknowledged(senders, 30)
        station.invite("nobody")
        name = self.backup()
        at_backup = len(senders.acknowledged)
        # Devices that enrol later, and epochs that are granted later, are in no backup.
        later = Senders(station, self.lines, devices=2, seed=2)
        later.start()
        self.wait_acknowledged(later, 30)
        senders.finish()
        later.finish()
        self.assertGreater(len(senders.acknowledged), at_backup)
        digests = station.digests()
        self.assertEqual(station.cloud.stop(), 0)
        for file in station.state.glob("*.sqlite*"):
            file.unlink()

        said = station.cloud_says("restore", name)
        self.assertIn(f"restored backup {name}", said)
        self.assertIn("6 devices by their records; 1 open invitations withdrawn", said)
        self.assertEqual(station.digests(), digests)
        station.restart_cloud()
        # The same devices go on where they were, with epochs that nobody had before.
        senders.go_on()
        later.go_on()
        self.wait_acknowledged(senders, len(senders.acknowledged) + 20)
        senders.finish()
        later.finish()
        senders.acknowledged += later.acknowledged
        senders.granted += later.granted
        self.assertEqual(contradictions(station, senders), [])

    def test_a_restore_over_a_damaged_state_sets_that_aside(self):
        station = self.station
        senders = self.send(seed=3)
        self.wait_acknowledged(senders, 20)
        self.backup()
        senders.finish()
        self.assertIn("another 'waystation-cloud serve' runs", self.fails("restore", "--replace"))
        station.cloud.kill()
        with open(station.state / "warehouse.sqlite", "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(40_000))
        self.assertIn("'--replace' sets aside", self.fails("restore"))
        station.cloud_says("restore", options=["--replace"])
        [replaced] = station.state.glob("replaced-*")
        self.assertTrue((replaced / "warehouse.sqlite").exists())
        station.restart_cloud()
        self.assertEqual(contradictions(station, senders), [])

    def test_a_backup_that_is_not_what_it_was_changes_nothing(self):
        station = self.station
        senders = self.send(seed=4)
        self.wait_acknowledged(senders, 10)
        name = self.backup()
        senders.finish()
        self.assertEqual(station.cloud.stop(), 0)
        digests = station.digests()
        folder = station.state / "backup" / name
        for file in ("manifest.json", "warehouse.sqlite.zst", "fleet.sqlite.zst"):
            good = (folder / file).read_bytes()
            bad = bytearray(good)
            bad[len(bad) // 2] ^= 1
            (folder / file).write_bytes(bad)
            self.assertIn(f"backup {name} cannot be used", self.fails("restore", "--replace"), file)
            (folder / file).write_bytes(good)
        self.assertIn("no finished backup 'older'", self.fails("restore", "older", "--replace"))
        self.assertEqual(station.digests(), digests)
        self.assertEqual(list(station.state.glob("re*")), [], "nothing was begun")

    def test_a_restore_that_was_killed_keeps_the_server_off_until_it_is_run_again(self):
        station = self.station
        senders = self.send(seed=5)
        self.wait_acknowledged(senders, 20)
        name = self.backup()
        senders.finish()
        self.assertEqual(station.cloud.stop(), 0)
        (station.state / "restore.unfinished").touch()
        (station.state / "warehouse.sqlite").unlink()
        station.cloud.start()
        wait_for("the server has ended", lambda: not station.cloud.is_running)
        self.assertIn("run 'waystation-cloud restore' again", station.cloud.log_text)
        station.cloud_says("restore", name)
        station.restart_cloud()
        self.assertEqual(contradictions(station, senders), [])

    def test_old_backups_go_and_the_rest_is_listed(self):
        station = self.station
        senders = self.send(seed=6)
        self.wait_acknowledged(senders, 5)
        elsewhere = station.folder / "elsewhere"
        names = [self.backup("--folder", elsewhere, "--keep", "2") for _ in range(3)]
        senders.finish()
        listed = station.cloud_says("backup", "list", options=["--folder", elsewhere, "--format", "csv"])
        self.assertEqual([line.split(",")[0] for line in listed.splitlines()[1:]], names[1:])
        self.assertEqual(sorted(path.name for path in (elsewhere / "backup").glob("2*")), names[1:])
        # With backups and raw batches on another disk, a new machine needs only the keys and the configuration.
        self.assertEqual(station.cloud.stop(), 0)
        raw = station.folder / "raw"
        for kept in ("raw", "devices"):
            shutil.move(station.state / kept, raw / kept)
        shutil.rmtree(station.state)
        shutil.copytree(raw, station.state)
        station.cloud_says("restore", options=["--folder", elsewhere])
        station.restart_cloud()
        self.assertEqual(contradictions(station, senders), [])

    def test_catching_up_merges_what_an_older_database_lacks(self):
        station = self.station
        senders = self.send(seed=7)
        self.wait_acknowledged(senders, 10)
        copy = station.folder / "older.sqlite"
        with closing(sqlite3.connect(station.state / "warehouse.sqlite")) as source, \
                closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        self.wait_acknowledged(senders, len(senders.acknowledged) + 20)
        senders.finish()
        self.assertEqual(station.cloud.stop(), 0)
        for file in station.state.glob("warehouse.sqlite*"):
            file.unlink()
        shutil.move(copy, station.state / "warehouse.sqlite")
        station.restart_cloud()
        self.assertNotEqual(contradictions(station, senders), [], "nothing is missing, so this test shows nothing")
        self.assertIn("0 refused", station.cloud_says("catch-up"))
        self.assertEqual(contradictions(station, senders), [])
        self.assertTrue(station.cloud_says("catch-up").startswith("0 files"))

    def fails(self, *words: str) -> str:
        """What a command complains of that must fail."""
        done = self.station.cloud_command(*words)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr


if __name__ == "__main__":
    unittest.main()
