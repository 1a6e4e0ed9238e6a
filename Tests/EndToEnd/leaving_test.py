"""SIGTERM: programs leave in order and leave nothing undone that matters."""

import unittest

from waystation import WaystationTestCase, recording_lines, wait_for


class LeavingTest(WaystationTestCase):
    def test_an_edge_that_is_asked_to_leave_seals_what_it_has(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:200]
        recording = station.record("short.ndjson", lines)
        station.start_replay([recording], rate=200)
        station.start_cloud()
        # Nothing would be sealed for an hour.
        edge = station.add_enrolled_edge("edge-a", seal_interval="1 h")
        edge.start()
        wait_for("all messages are out", lambda: station.stream_status()["done"])
        wait_for("all are stored", lambda: edge.stored() == len(lines))
        self.assertEqual(station.snapshot()["events"], 0)
        self.assertEqual(edge.stop(), 0)
        # Without the stream, what arrives now can only come from the disk.
        station.replay.stop()
        edge.start()
        self.assert_tables_equal([recording])
        self.assertEqual(edge.stop(), 0)

    def test_cloud_and_replay_leave_when_asked_to(self):
        station = self.station
        recording = station.record("short.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:100])
        station.start_replay([recording], rate=20)
        station.start_cloud()
        edge = station.add_enrolled_edge("edge-a")
        edge.start()
        wait_for("something is merged", lambda: station.snapshot()["events"] > 0)
        self.assertEqual(station.cloud.stop(), 0)
        self.assertEqual(station.replay.stop(), 0)
        self.assertTrue(edge.is_running)


if __name__ == "__main__":
    unittest.main()
