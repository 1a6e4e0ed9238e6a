"""Tables that are made again from the raw batches alone, and raw batches held against signatures and ledger."""

import random
import subprocess
import unittest

from senders import Senders
from waystation import PROGRAMS, WaystationTestCase, recording_lines, wait_for

KILLS = 4


class RebuildTest(WaystationTestCase):
    def test_a_rebuild_that_is_killed_and_run_again_gives_the_same_tables(self):
        station = self.station
        station.start_cloud()
        senders = Senders(station, recording_lines("rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson"), batch_events=15)
        senders.start()
        wait_for("100 batches are acknowledged", lambda: senders.assert_alive() or len(senders.acknowledged) >= 100)
        # Beside the running cloud.
        self.assertIn(" 0 flawed", station.cloud_says("verify-raw"))
        senders.finish()
        digests = station.digests()
        said = station.cloud_command("rebuild")
        self.assertEqual(said.returncode, 1)
        self.assertIn("another 'waystation-cloud serve' runs", said.stderr)
        self.assertEqual(station.cloud.stop(), 0)

        chance = random.Random(1)
        for _ in range(KILLS):
            rebuild = subprocess.Popen(
                [PROGRAMS / "waystation-cloud", "rebuild", "--config", station.folder / "cloud" / "cloud.conf"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                rebuild.wait(chance.uniform(0, 0.4))
            except subprocess.TimeoutExpired:
                rebuild.kill()
                rebuild.wait()
            self.assertEqual(station.digests(), digests)
        said = station.cloud_says("rebuild")
        self.assertIn(", 0 refused", said)
        self.assertEqual(station.digests(), digests)
        self.assertIn("ledger: 0 missing in the raw store", station.cloud_says("verify-raw"))
        # The same devices go on, on the new tables.
        station.restart_cloud()
        count = len(senders.acknowledged)
        senders.go_on()
        wait_for("more are acknowledged", lambda: senders.assert_alive() or len(senders.acknowledged) > count + 10)
        senders.finish()

    def test_a_damaged_raw_batch_is_found_and_keeps_the_old_tables(self):
        station = self.station
        station.start_cloud()
        senders = Senders(station, recording_lines("rsvps-2015-03-08.ndjson"), devices=1)
        senders.start()
        wait_for("5 batches are acknowledged", lambda: senders.assert_alive() or len(senders.acknowledged) >= 5)
        senders.finish()
        self.assertEqual(station.cloud.stop(), 0)
        digests = station.digests()
        file = sorted((station.state / "raw").rglob("*.batch"))[2]
        content = bytearray(file.read_bytes())
        content[-20] ^= 1
        file.write_bytes(content)

        key = str(file.relative_to(station.state))
        found = station.cloud_command("verify-raw")
        self.assertEqual(found.returncode, 1)
        self.assertIn(f"{key}: the batch is not", found.stderr)
        self.assertTrue(file.exists())
        refused = station.cloud_command("rebuild")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("1 are refused; the tables are left as they are", refused.stderr)
        self.assertEqual(station.digests(), digests)
        moved = station.cloud_command("verify-raw", options=["--move-aside"])
        self.assertEqual(moved.returncode, 1)
        self.assertFalse(file.exists())
        self.assertEqual(len(list((station.state / "quarantine").rglob("*.batch"))), 1)


if __name__ == "__main__":
    unittest.main()
