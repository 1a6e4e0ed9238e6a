"""A cloud whose disk is full: it takes nothing that it cannot keep, goes on showing what it has, and returns by itself."""

import time
import unittest

from senders import Senders, contradictions
from small_disk import SmallDisk, may_mount
from waystation import WaystationTestCase, recording_lines, wait_for

DISK_MEBIBYTES = 96
# What is left of a full disk. With so little left, the first thing that fails is now the raw batch, now the write-ahead
# log in the middle of a commit, now the place that a checkpoint needs, now the fleet's database.
SPARE_BYTES = [0, 8 << 10, 40 << 10, 100 << 10, 300 << 10, 700 << 10, 1500 << 10]
QUERY = "SELECT count(*) AS n FROM rsvps"


@unittest.skipUnless(may_mount(), "a small disk of its own needs root that may mount")
class CloudFullDiskTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self.station.folder / "state", DISK_MEBIBYTES)
        self.addCleanup(self.disk.close)
        self.station.start_cloud(state=self.disk.path)
        self.senders = Senders(
            self.station, recording_lines("rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson"), batch_events=20)

    def test_uploads_wait_while_the_disk_is_full_and_nothing_acknowledged_is_lost(self):
        station, senders = self.station, self.senders
        senders.start()
        for spare in SPARE_BYTES:
            self.wait_acknowledged(10)
            self.disk.fill(spare)
            self.wait_refused()
            self.assertTrue(station.cloud.is_running, "the cloud has ended by itself")
            self.assertGreater(station.snapshot()["events"], 0, "the page goes on")
            self.assertIn("n", station.cloud_says("query", QUERY))
            self.disk.empty()
            # What was refused comes again, and is taken.
            self.wait_acknowledged(10)
        wait_for("the cloud says that it is over", lambda: "There is space again" in station.cloud.log_text)
        senders.finish()
        self.assertEqual(senders.problems, {"storage-full"}, "each refusal says why")
        self.assertEqual(contradictions(station, senders), [])
        said = station.cloud.log_text.count("No space is left: batches are refused until there is.")
        self.assertIn(said, range(1, len(SPARE_BYTES) + 1), "once each time, not for each upload")

    def test_start_on_a_full_disk_works_or_says_what_is_wrong(self):
        station, senders = self.station, self.senders
        senders.start()
        self.wait_acknowledged(20)
        self.disk.fill()
        station.cloud.kill()
        station.cloud.start()
        wait_for("it runs, or has ended", lambda: "Server started" in station.cloud.log_text or
                 not station.cloud.is_running)
        if not station.cloud.is_running:
            self.assertRegex(station.cloud.log_text.splitlines()[-1], "^waystation-cloud: .*(full|no space)")
        station.cloud.end()
        self.disk.empty()
        station.restart_cloud()
        self.wait_acknowledged(20)
        senders.finish()
        self.assertEqual(contradictions(station, senders), [])

    def wait_acknowledged(self, more: int) -> None:
        wanted = len(self.senders.acknowledged) + more
        wait_for(f"{more} more batches are acknowledged", lambda: self.go_on() >= wanted)

    def wait_refused(self) -> None:
        """Nothing is acknowledged any more, while it is tried again and again."""
        def is_stuck() -> bool:
            before, retries = self.go_on(), self.senders.retries
            time.sleep(0.5)
            return self.go_on() == before and self.senders.retries > retries + 5

        wait_for("uploads are refused", is_stuck)

    def go_on(self) -> int:
        self.senders.assert_alive()
        return len(self.senders.acknowledged)


if __name__ == "__main__":
    unittest.main()
