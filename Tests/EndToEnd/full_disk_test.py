"""The edge on a disk that is full, or cannot be written to: it loses nothing, says so, and goes on by itself."""

import unittest

from small_disk import SmallDisk, may_mount
from waystation import Edge, WaystationTestCase, resumable_lines, wait_for


@unittest.skipUnless(may_mount(), "a small disk of its own needs root that may mount")
class FullDiskTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        station = self.station
        self.recording = station.record("short.ndjson", resumable_lines("rsvps-2017-03-19.ndjson")[:1100])

    def edge_on_a_small_disk(self, rate: float, more: str = "") -> tuple[Edge, SmallDisk]:
        """One that is enrolled and not started yet, and the disk of its state; the stream comes at that rate."""
        station = self.station
        station.start_replay([self.recording], rate=rate)
        station.start_cloud()
        edge = station.add_edge("edge-a", more=more)
        disk = SmallDisk(edge.folder / "state", 12)
        # Before the test's folder is deleted, and after the programs have ended.
        self.addCleanup(disk.close)
        edge.enrol(station.invite("edge-a"))
        return edge, disk

    def test_reading_stops_while_the_disk_is_full_and_nothing_is_lost(self):
        edge, disk = self.edge_on_a_small_disk(200, more="[log]\nlevel = debug\n")
        edge.start()
        wait_for("something is merged", lambda: self.station.snapshot()["events"] > 100)
        disk.fill()
        wait_for("the source is closed", lambda: "takes no more events" in edge.log_text)
        self.assertTrue(edge.is_running)
        disk.empty()
        wait_for("the source is open again", lambda: "takes events again" in edge.log_text)
        self.assert_tables_equal([self.recording])
        self.assertEqual(edge.stop(), 0)

    def test_start_on_a_full_disk_says_what_is_wrong(self):
        edge, disk = self.edge_on_a_small_disk(400)
        disk.fill()
        self.assert_starts_in_vain(edge, "is full")
        disk.empty()
        edge.start()
        self.assert_tables_equal([self.recording])

    def test_start_on_a_read_only_disk_says_what_is_wrong(self):
        edge, disk = self.edge_on_a_small_disk(400)
        disk.make_read_only()
        self.assert_starts_in_vain(edge, "read-only")
        disk.make_writable()
        edge.start()
        self.assert_tables_equal([self.recording])

    def assert_starts_in_vain(self, edge: Edge, words: str):
        """It ends at once, with a status of failure and a sentence that says why; the service manager tries again."""
        edge.start()
        wait_for("the edge has ended", lambda: not edge.is_running)
        self.assertNotEqual(edge.stop(), 0)
        self.assertIn(words, edge.log_text.lower())
        self.assertLess(len(edge.log_text.splitlines()), 5, edge.log_text)
        self.assertNotIn("Fatal", edge.log_text)


if __name__ == "__main__":
    unittest.main()
